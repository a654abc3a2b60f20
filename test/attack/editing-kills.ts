/** Kills the server, the page or the training process while a design is edited without a pause: it stays, but for the last second. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserServer, chromium, type Page } from 'playwright-core';
import { parseDesign } from '#core/project/design-file.ts';
import { type Random, randomStream } from '#core/random.ts';
import { findChromium } from '../../scripts/chromium.mjs';
import { type RunningServer, spawnServer } from '../built-server.ts';
import { CHROMIUM_FLAGS } from '../chromium-flags.ts';
import { trainingProcess } from '../e2e/processes.ts';
import { wait, withFolder } from './child.ts';
import type { Outcome } from './table.ts';

export type Victim = 'server' | 'page' | 'training process';

/** Milliseconds of work that may be lost. */
const MAX_LOST = 1000;
/** Milliseconds between two edits, and how long somebody edits before the kill. */
const PAUSE = 40;
const LONGEST = 3000;
/** The filters of the first edit. */
const FIRST = 7;

/** Edits that were made: how many filters a CONV has since when. */
type Edits = { readonly filters: number; readonly at: number }[];

/** kill -9 at a random moment, so many times; each time with a home and a browser of its own. */
export async function killWhileEditing(victim: Victim, tries: number): Promise<Outcome> {
  const random = randomStream(1, `editing, ${victim}`);
  const losses: number[] = [];
  const broken: string[] = [];
  for (let turn = 0; turn < tries; turn++) {
    const lost = await withFolder((home) => editAndKill(victim, home, random));
    if (typeof lost === 'number') losses.push(lost);
    else broken.push(lost);
  }
  const tooOld = losses.filter((lost) => lost > MAX_LOST);
  const worst = Math.round(Math.max(0, ...losses));
  return {
    attack: `${victim} killed while a design is edited; ${worst} ms of edits lost at most`,
    tries,
    survived: losses.length - tooOld.length,
    lost: [...tooOld.map((lost) => `${Math.round(lost)} ms of edits`), ...broken].slice(0, 5).join('; '),
  };
}

/** @returns milliseconds from the first edit that is not on disk to the kill; or what else went wrong */
async function editAndKill(victim: Victim, home: string, random: Random): Promise<number | string> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium was found.');
  const server = await spawnServer(home);
  const browser = await chromium.launchServer({ executablePath, args: [...CHROMIUM_FLAGS] });
  try {
    const connected = await chromium.connect(browser.wsEndpoint());
    const page = await connected.newPage();
    await page.goto(server.url);
    await page.getByRole('button', { name: /^LeNet-5/ }).click();
    await page
      .getByRole('button', { name: 'CONV conv1' })
      .or(page.getByLabel(/^CONV conv1/))
      .first()
      .click();
    if (victim === 'training process') await train(page);
    const edits: Edits = [];
    const editing = editOn(page, edits).catch(() => undefined);
    while (edits.length === 0) await wait(5);
    await wait(LONGEST * random.uniform());
    const killed = await kill(victim, server, browser);
    if (victim === 'training process') await wait(MAX_LOST);
    const left = savedFilters(home);
    if (victim === 'training process') {
      const goesOn = edits.length;
      await wait(20 * PAUSE);
      if (edits.length === goesOn) return 'the page stopped taking edits';
    }
    await browser.kill();
    await editing;
    // Of an edit it is known when it was made at the latest.
    const missing = edits.find(({ filters, at }) => at <= killed && (left === undefined || filters > left));
    return missing === undefined ? 0 : killed - missing.at;
  } finally {
    await browser.kill();
    await server.stop();
  }
}

async function train(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page
    .getByRole('status', { name: 'Training state' })
    .filter({ hasText: /^Training/ })
    .waitFor();
}

/** Types one number after the other, until the page or the browser is gone. */
async function editOn(page: Page, edits: Edits): Promise<void> {
  const field = page.getByRole('region', { name: 'Layer settings' }).getByLabel('Filters (K)', { exact: true });
  for (let filters = FIRST; ; filters++) {
    await field.fill(String(filters));
    edits.push({ filters, at: performance.now() });
    await wait(PAUSE);
  }
}

/** @returns when it was killed */
async function kill(victim: Victim, server: RunningServer, browser: BrowserServer): Promise<number> {
  const at = performance.now();
  if (victim === 'page') await browser.kill();
  else if (victim === 'server') await killed(server.process);
  else process.kill(trainingProcess(server), 'SIGKILL');
  return at;
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** The filters of the design on disk; undefined as long as there is none. */
function savedFilters(home: string): number | undefined {
  const folder = join(home, 'designs');
  const [file] = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.convcanvas')) : [];
  if (file === undefined) return undefined;
  const filters = parseDesign(readFileSync(join(folder, file), 'utf8')).network.layers.get('conv1')?.fields['filters'];
  return typeof filters === 'number' ? filters : undefined;
}
