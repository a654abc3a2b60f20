/** axe-core on every main view, in light and dark: nothing found, and no rule left out. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openPage, startServer, withBrowser } from './app.ts';
import {
  button,
  cardOf,
  choose,
  node,
  openOutline,
  outlineRow,
  setField,
  settings,
  shows,
  status,
  tab,
} from './page.ts';

withBrowser();

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const OPTIONS: RunOptions = { resultTypes: ['violations'] };

interface WindowWithAxe {
  readonly axe: { run(options: RunOptions): Promise<AxeResults> };
}

/** What axe finds on the page as it is now, one line for each element. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.waitForTimeout(300); // transitions would be measured half-way
  await page.evaluate(AXE);
  const results = await page.evaluate((options) => (window as unknown as WindowWithAxe).axe.run(options), OPTIONS);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html, failureSummary }) => `${id}: ${target} ${html.slice(0, 160)} ${failureSummary}`),
  );
}

describe.each([
  ['light', false],
  ['dark', true],
])('%s', (_, dark) => {
  it('nothing is wrong on any main view', async () => {
    const { page } = await openPage((await startServer()).url, { dark });
    const found: { [view: string]: readonly string[] } = {};
    const check = async (view: string) => {
      const wrong = await violations(page);
      if (wrong.length > 0) found[view] = wrong;
    };

    await page.getByRole('button', { name: /^LeNet-5/ }).waitFor();
    await check('start');
    await page.getByRole('button', { name: /pattern/i }).click();
    await page.getByRole('dialog').waitFor();
    await check('pattern dialog');
    await page.keyboard.press('Escape');
    await choose(page, /^Blank/);
    await check('blank');
    await tab(page, 'Outline').click();
    await check('empty outline');
    await tab(page, 'Layers').click();

    await button(page, 'Templates').click();
    await check('start, with a design open');
    await choose(page, /^LeNet-5/);
    await node(page, 'CONV conv1').click();
    await check('LeNet-5 with a layer selected');
    await setField(page, 'Filters (K)', '');
    await check('a setting without a value');
    await setField(page, 'Filters (K)', 6);
    await setField(page, 'Kernel size (F)', 40);
    await check('a problem');
    await openOutline(page);
    await check('a problem in the outline');
    await setField(page, 'Kernel size (F)', 5);

    await outlineRow(page, 'CONV conv2').click();
    await check('outline');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menu').waitFor();
    await check('menu of a row');
    await page.getByRole('menuitem', { name: 'Connect to…' }).click();
    await page.getByRole('option').first().waitFor();
    await check('connect dialog');
    await page.keyboard.type('no such layer');
    await check('connect dialog that finds nothing');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('F2');
    await page.keyboard.type('conv1');
    await check('renaming to a name that is taken');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+a');
    await check('several layers selected');
    await page.keyboard.press('Escape');

    for (const name of ['Problems', 'Ledger', 'Training', 'Filters', 'Activations']) {
      await tab(page, name).click();
      await check(`${name} before training`);
    }
    await tab(page, 'Training').click();
    for (const summary of await page.getByRole('tabpanel').locator('summary').all()) await summary.click();
    await check('all training settings');
    await page.getByRole('tabpanel').getByLabel('Epochs', { exact: true }).fill('2');
    await button(page, 'Train').click();
    await shows(status(page), /epoch 1/, 60_000);
    await check('while training');
    await shows(status(page), /^Finished/, 60_000);
    for (const name of ['Training', 'Filters', 'Activations']) {
      await tab(page, name).click();
      if (name === 'Activations') await page.getByRole('img', { name: 'conv2 map 1', exact: true }).waitFor();
      await check(`${name} after training`);
    }
    await tab(page, 'Filters').click();
    await page.getByRole('img', { name: 'conv2 filter 3', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await check('a filter');
    await page.keyboard.press('Escape');
    const download = page.waitForEvent('download');
    await button(page, 'Export ONNX').click();
    await download;
    await page.getByRole('dialog').waitFor();
    await check('export receipt');
    await page.keyboard.press('Escape');
    await settings(page).waitFor();

    await button(page, 'Templates').click();
    await choose(page, cardOf('resnet50'));
    await node(page, 'BLOCK block2').click();
    await check('a block');
    await settings(page).getByRole('button', { name: 'Show its layers' }).click();
    await node(page, 'CONV block2/conv1').waitFor();
    await check('an expanded block');

    expect(found).toEqual({});
  });
});

it('axe is at work: it finds a button without a name', async () => {
  const { page } = await openPage((await startServer()).url);
  await page.getByRole('button', { name: /^LeNet-5/ }).waitFor();
  await page.evaluate(() => document.querySelector('main')?.append(document.createElement('button')));
  expect((await violations(page)).join()).toMatch(/^button-name/);
});
