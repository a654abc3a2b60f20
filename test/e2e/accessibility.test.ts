/** axe-core on every main view: in light nothing is found by any rule, in dark nothing by those that colours matter to. */
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
  connect,
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
const COLOURS: RunOptions = { ...OPTIONS, runOnly: ['color-contrast', 'link-in-text-block'] };

/** Parts of the page: where only one of them has changed, the rest need not be looked at once more. */
const DIALOG = '[role="dialog"]';
const PANEL = '[role="tabpanel"]';

interface WindowWithAxe {
  readonly axe?: { run(within: string, options: RunOptions): Promise<AxeResults> };
}

/** What axe finds on the page as it is now, or within one part of it: one line for each element. */
async function violations(page: Page, rules = OPTIONS, within = 'html'): Promise<readonly string[]> {
  // Transitions would be measured half-way. They begin with the next frame.
  await page.evaluate(async () => {
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
    await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})));
  });
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  expect(await page.locator(within).count(), `${within} is there`).toBeGreaterThan(0);
  const results = await page.evaluate(([part, options]) => (window as WindowWithAxe).axe?.run(part, options), [
    within,
    rules,
  ] as const);
  if (results === undefined) throw new Error('axe is not on the page.');
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
    const check = async (view: string, within?: string) => {
      const wrong = await violations(page, dark ? COLOURS : OPTIONS, within);
      if (wrong.length > 0) found[view] = wrong;
    };

    await page.getByRole('button', { name: /^LeNet-5/ }).waitFor();
    await check('start');
    await page.getByRole('button', { name: /pattern/i }).click();
    await page.getByRole('dialog').waitFor();
    await check('pattern dialog', DIALOG);
    await page.keyboard.press('Escape');
    await button(page, 'About ConvCanvas').click();
    await page.getByRole('dialog').locator('summary').first().click();
    await check('about', DIALOG);
    await page.getByLabel('Name or licence').fill('no such thing');
    await check('about, where nothing is found', DIALOG);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await choose(page, /^Blank/);
    await check('blank');
    await tab(page, 'Outline').click();
    await check('empty outline');
    await tab(page, 'Layers').click();

    await button(page, 'Templates').click();
    await check('start, with a design open');
    await choose(page, /^LeNet-5/);
    await button(page, 'Compare with…').click();
    await page.getByRole('dialog').waitFor();
    await check('compare dialog', DIALOG);
    await page.getByLabel('Compare this design with').selectOption('ConvNetJS CIFAR-10');
    await page.getByRole('region', { name: 'Differences' }).waitFor();
    await check('a comparison', DIALOG);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await node(page, 'CONV conv1').click();
    await check('LeNet-5 with a layer selected');
    await page.keyboard.press('Control+k');
    await page.getByRole('option').first().waitFor();
    await check('palette', DIALOG);
    await page.keyboard.type('re');
    await check('palette with results, of which some cannot be done', DIALOG);
    await page.keyboard.type(' no such thing');
    await check('palette that finds nothing', DIALOG);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await check('keyboard shortcuts', DIALOG);
    await page.keyboard.press('Escape');
    await setField(page, 'Stride (S)', 4);
    await settings(page).getByLabel('Caffe’s ceiling rule').check();
    await check('a window that leaves pixels unread');
    await node(page, 'CONV conv1').getByRole('button', { name: '156 params' }).click();
    await page.getByRole('dialog').waitFor();
    await check('the working of a number', DIALOG);
    await page.keyboard.press('Escape');
    await setField(page, 'Stride (S)', 1);
    await button(page, 'Add a note').click();
    await page.keyboard.type('Why?');
    await check('a note');
    await button(page, 'Delete note 1').click();
    await node(page, 'CONV conv1').click();
    await node(page, 'CONV conv1').getByText('conv1', { exact: true }).dblclick();
    await page.keyboard.type('conv2');
    await check('renaming on the canvas, to a name that is taken');
    await page.keyboard.press('Escape');
    await tab(page, 'Lectures').click();
    for (const fact of [/^3×3 on 7×7, stride 3/, /^Two filters of depth 3/, /^Average pooling 4×4/, /^VGG-16,/]) {
      await page.getByRole('navigation').getByRole('button', { name: fact }).click();
      await check(`lectures: ${fact}`, PANEL);
    }
    await button(page, 'Export diagram').click();
    await page.getByRole('dialog').getByRole('img').first().waitFor();
    await check('diagram', DIALOG);
    await page.keyboard.press('Escape');
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
    await check('connect dialog', DIALOG);
    await page.keyboard.type('no such layer');
    await check('connect dialog that finds nothing', DIALOG);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('F2');
    await page.keyboard.type('conv1');
    await check('renaming to a name that is taken');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+a');
    await check('several layers selected');
    await page.keyboard.press('Escape');
    await node(page, 'CONV conv1').click();
    await node(page, 'CONV conv2').click({ modifiers: ['Shift'] });
    await check('several layers whose settings differ');
    await page.keyboard.press('Escape');
    await connect(page, 'CONV conv2', 'CONV conv1');
    await page.getByRole('group', { name: /would close a loop/ }).waitFor();
    await check('a connection that would close a loop');
    await page.keyboard.press('Escape');

    for (const name of ['Problems', 'Ledger', 'Training', 'Filters', 'Activations']) {
      await tab(page, name).click();
      await check(`${name} before training`, PANEL);
    }
    await tab(page, 'Training').click();
    for (const summary of await page.getByRole('tabpanel').locator('summary').all()) await summary.click();
    await check('all training settings', PANEL);
    await page.getByRole('tabpanel').getByLabel('Epochs', { exact: true }).fill('2');
    await button(page, 'Train').click();
    await shows(status(page), /epoch 1/, 60_000);
    await check('while training');
    await shows(status(page), /^Finished/, 60_000);
    for (const name of ['Training', 'Filters', 'Activations']) {
      await tab(page, name).click();
      if (name === 'Activations') await page.getByRole('img', { name: 'conv2 map 1', exact: true }).waitFor();
      await check(`${name} after training`, PANEL);
    }
    await tab(page, 'Training').click();
    await page.getByRole('slider', { name: /^Loss curve/ }).focus();
    await page.keyboard.press('ArrowLeft');
    await check('the values of a curve', PANEL);
    await tab(page, 'Filters').click();
    await page.getByRole('img', { name: 'conv2 filter 3', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await check('a filter', DIALOG);
    await page.keyboard.press('Escape');
    const download = page.waitForEvent('download');
    await button(page, 'Export ONNX').click();
    await download;
    await page.getByRole('dialog').waitFor();
    await check('export receipt', DIALOG);
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
