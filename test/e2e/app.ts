/** Starts the built server and a browser with the page in it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';
import { type RunningServer, spawnServer } from '../built-server.ts';
import { CHROMIUM_FLAGS } from '../chromium-flags.ts';
import { temporaryFolder } from '../temporary.ts';
import { root } from './paths.ts';

export type { RunningServer } from '../built-server.ts';

/** The built server, with a home of its own; it ends with the test. */
export async function startServer(home = temporaryFolder(), port = 0): Promise<RunningServer> {
  const server = await spawnServer(home, ['--port', String(port)]);
  onTestFinished(server.stop);
  return server;
}

let browser: Browser | undefined;

/** Gives the tests of a file one browser. */
export function withBrowser(): void {
  beforeAll(async () => {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error('No Chromium was found; npm test installs one on Debian.');
    browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  });
  afterAll(() => browser?.close());
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** Messages of the console that are no faults in this test. */
  readonly expected?: RegExp;
}

/**
 * A page of the app in a fresh profile. At the end of the test it is checked that nothing was asked of another host and
 * that nothing went wrong in the console.
 */
export async function openPage(
  url: string,
  options: PageOptions = {},
): Promise<{ page: Page; context: BrowserContext }> {
  const { width = 1280, height = 720, dark = false } = options;
  if (browser === undefined) throw new Error('Call withBrowser() in the file.');
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    acceptDownloads: true,
  });
  const faults: string[] = [];
  const origin = new URL(url).origin;
  context.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(origin) && !/^(blob|data):/.test(target)) faults.push(`asked for ${target}`);
  });
  const page = await context.newPage();
  // On a busy machine everything takes many times as long; no test says anything about time.
  page.setDefaultTimeout(120_000);
  page.on('console', (message) => {
    const text = message.text();
    // A page whose server has ended looks for it, and the browser says each time that nobody was there.
    if (
      /net::ERR_(CONNECTION_(REFUSED|RESET)|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/.test(text) &&
      message.location().url.startsWith(origin)
    )
      return;
    if (options.expected?.test(text)) return;
    if (message.type() === 'error' || message.type() === 'warning') faults.push(text);
  });
  page.on('pageerror', (error) => faults.push(error.message));
  onTestFinished(async () => {
    await context.close();
    expect(faults, 'requests to other hosts and console errors').toEqual([]);
  });
  await page.goto(url);
  return { page, context };
}

/** Keeps a picture of the page for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = join(root, '.cache', 'screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
