/**
 * `npm run guide`: takes the pictures of docs/guide.md from the running app, a step a picture, and writes them to
 * docs/images/guide. To be run after a change that can be seen in them; the texts are written by people.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ensureChromium } from './chromium.mjs';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

/** @typedef {import('playwright-core').Page} Page */

const FOLDER = join(root, 'docs', 'images', 'guide');
const SIZE = { width: 1280, height: 720 };

/** @param {Page} page @param {string} name */
const node = (page, name) => page.getByRole('group', { name, exact: true });
/** @param {Page} page @param {string | RegExp} name */
const button = (page, name) => page.getByRole('button', { name, exact: typeof name === 'string' });
/** @param {Page} page @param {string} name */
const tab = (page, name) => page.getByRole('tab', { name, exact: true });
/** @param {Page} page @param {RegExp} name */
async function template(page, name) {
  const card = page.getByRole('button', { name });
  if (!(await card.isVisible())) await button(page, 'Templates').click();
  await card.click();
  await page.getByRole('region', { name: 'Network canvas' }).waitFor();
}

/** What is done before each picture, on one page, one after the other. @type {Record<string, (page: Page) => Promise<unknown>>} */
const PICTURES = {
  start: (page) => page.getByRole('button', { name: /^LeNet-5 lenet5/ }).waitFor(),
  design: async (page) => {
    await template(page, /^LeNet-5 lenet5/);
    await node(page, 'CONV conv2').click();
  },
  fit: async (page) => {
    await page.getByLabel('Stride (S)', { exact: true }).fill('4');
    await page.getByText('How the window fits').evaluate((title) => title.scrollIntoView({ block: 'start' }));
  },
  working: async (page) => {
    await page.getByLabel('Stride (S)', { exact: true }).fill('1');
    await node(page, 'CONV conv2')
      .getByRole('button', { name: /params/ })
      .click();
  },
  ledger: async (page) => {
    await page.keyboard.press('Escape');
    await tab(page, 'Ledger').click();
  },
  lectures: async (page) => {
    await tab(page, 'Lectures').click();
    await button(page, /^A 3×3 filter on 5×5/).click();
  },
  training: async (page) => {
    await tab(page, 'Training').click();
    await button(page, 'Train').click();
    await page
      .getByRole('status')
      .getByText(/epoch [45]/)
      .waitFor({ timeout: 120_000 });
  },
  filters: async (page) => {
    await page
      .getByRole('status')
      .getByText(/^Finished/)
      .waitFor({ timeout: 120_000 });
    await tab(page, 'Filters').click();
  },
  blocks: async (page) => {
    await template(page, /^ResNet-50 resnet50/);
    await tab(page, 'Problems').click();
    await node(page, 'BLOCK block4').dblclick();
  },
  outline: async (page) => {
    await page.keyboard.press('Control+z');
    await tab(page, 'Outline').click();
    await button(page, 'Fit the network into view').click();
  },
  palette: async (page) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('conv 512');
  },
  compare: async (page) => {
    await page.keyboard.press('Escape');
    await template(page, /^LeNet-5 lenet5/);
    await tab(page, 'Layers').click();
    await node(page, 'CONV conv2').click();
    await page.getByLabel('Filters (K)', { exact: true }).fill('32');
    await page.getByLabel('Filters (K)', { exact: true }).blur();
    await page.keyboard.press('Escape');
    await button(page, 'Compare with…').click();
    await page.getByRole('dialog').getByRole('combobox').selectOption({ label: 'As it was when opened' });
  },
  diagram: async (page) => {
    await page.keyboard.press('Escape');
    await template(page, /^AlexNet alexnet /);
    await button(page, 'Export diagram').click();
    await page.getByRole('dialog').getByRole('img').first().waitFor();
    await page.waitForTimeout(400);
  },
};

ensureInstalled();
ensureBuilt();
mkdirSync(FOLDER, { recursive: true });
const home = mkdtempSync(join(tmpdir(), 'convcanvas-guide-'));
const server = spawn(process.execPath, [join(root, 'out/main/server.js'), '--port', '0'], {
  env: { ...process.env, CONVCANVAS_HOME: home },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch({
  executablePath: ensureChromium(),
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'],
});
try {
  const url = await new Promise((resolve, reject) => {
    server.stdout.on('data', (chunk) => {
      const match = /http:\S+/.exec(String(chunk));
      if (match !== null) resolve(match[0]);
    });
    server.once('exit', (code) => reject(new Error(`The server ended with code ${code}`)));
  });
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' });
  await page.goto(url);
  for (const [name, prepare] of Object.entries(PICTURES)) {
    await prepare(page);
    await page.waitForTimeout(400); // transitions come to rest
    await page.screenshot({ path: join(FOLDER, `${name}.png`) });
    console.log(`docs/images/guide/${name}.png`);
  }
  // A picture that the guide does not show, or one that it lacks, is a mistake in one of the two.
  const shown = [...readFileSync(join(root, 'docs', 'guide.md'), 'utf8').matchAll(/images\/guide\/([a-z-]+)\.png/g)];
  const names = new Set(shown.map(([, name]) => String(name)));
  const taken = Object.keys(PICTURES);
  const different = [
    ...taken.filter((name) => !names.has(name)),
    ...[...names].filter((name) => !taken.includes(name)),
  ];
  if (different.length > 0) throw new Error(`Shown or taken, but not both: ${different.join(', ')}`);
} finally {
  await browser.close();
  server.kill('SIGTERM');
  rmSync(home, { recursive: true, force: true });
}
process.exit(0);
