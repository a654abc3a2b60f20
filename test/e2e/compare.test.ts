/** What changed from one design to another, in the dialog. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { temporaryFolder } from '../temporary.ts';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { button, choose, node, setField, settings, shows, tab } from './page.ts';

withBrowser();

const LENET = /^LeNet-5/;
const lenet = findTemplate('lenet5')!.create();

const dialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Compare designs' });
const result = (page: Page): Locator => dialog(page).getByRole('region', { name: 'Differences' });

/** Opens the dialog where people find it: with nothing selected. */
async function openDialog(page: Page): Promise<void> {
  // Escape in a text field belongs to the field.
  await page.locator('body').evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('Escape');
  await settings(page).getByRole('button', { name: 'Compare with…' }).click();
  await dialog(page).waitFor();
}

async function compareWith(page: Page, choice: string | RegExp): Promise<void> {
  const select = dialog(page).getByLabel('Compare this design with');
  const option = select.getByRole('option', { name: choice, exact: true });
  await option.waitFor({ state: 'attached' });
  await select.selectOption({ label: (await option.textContent()) ?? '' });
}

async function compareWithFile(page: Page, name: string, text: string): Promise<void> {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  const chooser = page.waitForEvent('filechooser');
  await dialog(page).getByRole('button', { name: 'A file…' }).click();
  await (await chooser).setFiles(path);
}

/** A part of the result as rows of cells. */
async function rows(page: Page, section: string): Promise<readonly (readonly string[])[]> {
  const part = result(page)
    .getByRole('group')
    .filter({ hasText: new RegExp(`^${section} \\d`) });
  const found = await part.locator('tbody tr').all();
  return Promise.all(found.map((row) => row.locator('th, td').allInnerTexts()));
}

/** The totals in the dialog, by name: what changed, and the values. */
async function totals(page: Page): Promise<ReadonlyMap<string, string>> {
  await result(page).waitFor();
  const tiles = await result(page).locator('dl > div').all();
  const read = tiles.map(async (tile): Promise<[string, string]> => {
    const [name, ...values] = await tile.locator('dt, dd').allInnerTexts();
    return [name ?? '', values.join(' ').replace(/\s+/g, ' ')];
  });
  return new Map(await Promise.all(read));
}

/** The sum row of the ledger: activations, params, MACs, memory. */
async function ledger(page: Page): Promise<{ params: number; macs: number; activations: string; memory: string }> {
  await tab(page, 'Ledger').click();
  const row = page.getByRole('tabpanel').locator('tfoot');
  const cell = (name: string) => row.getByTitle(name).innerText();
  const plain = async (name: string) => Number((await cell(name)).replaceAll(',', ''));
  return {
    params: await plain('All params'),
    macs: await plain('All MACs'),
    activations: (await cell('Activations of an image')).split(/\s*an image/)[0] ?? '',
    memory: await cell('Memory of training'),
  };
}

async function change(page: Page): Promise<void> {
  await node(page, 'CONV conv1').click();
  await setField(page, 'Filters (K)', 8);
  await node(page, 'FC fc2').click();
  await setField(page, 'Units', 64);
}

const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toLocaleString('en-US')}`;

describe('the dialog', () => {
  it('LeNet-5, changed in two ways, against the template; a layer can be gone to', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, LENET);
    const before = await ledger(page);
    await change(page);
    const after = await ledger(page);
    await openDialog(page);
    await shows(dialog(page), 'Choose a design to see what changed');
    await compareWith(page, 'LeNet-5');
    const found = await totals(page);
    await shows(dialog(page), 'Compared with LeNet-5: 2 layers changed.');
    const figure = (name: string) => found.get(name) ?? '';
    expect(figure('Params').startsWith(`${signed(after.params - before.params)} `)).toBe(true);
    expect(figure('Params')).toContain(
      `${before.params.toLocaleString('en-US')} → ${after.params.toLocaleString('en-US')}`,
    );
    expect(figure('MACs an image').startsWith(`${signed(after.macs - before.macs)} `)).toBe(true);
    expect(figure('Activations an image')).toContain(`${before.activations} → ${after.activations}`);
    expect(figure('To train a batch of 24')).toContain(`${before.memory} → ${after.memory}`);
    expect(figure('Receptive field')).toBe('no change 16×16');
    // (5·5 + 1) · 6 and · 8; 120 · 84 + 84 and 120 · 64 + 64.
    expect(await rows(page, 'Layers changed')).toEqual([
      ['conv1 CONV', 'Filters (K)', '6', '8'],
      ['Volume', '28×28×6', '28×28×8'],
      ['Params', '156', '208'],
      ['fc2 FC', 'Units', '84', '64'],
      ['Volume', '84', '64'],
      ['Params', '10,164', '7,744'],
    ]);
    const consequences = await rows(page, 'What follows from that');
    expect(consequences.map(([layer]) => layer)).toEqual([
      'relu1 RELU',
      'pool1 MAX POOL',
      'conv2 CONV',
      'relu4 RELU',
      'fc3 FC',
    ]);

    await result(page).getByRole('button', { name: 'fc2' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    await settings(page).getByLabel('Units', { exact: true }).waitFor();
    expect(await settings(page).getByLabel('Name', { exact: true }).inputValue()).toBe('fc2');
    await expect
      .poll(() => node(page, 'FC fc2').evaluate((element) => element.contains(document.activeElement)))
      .toBe(true);
    // What was chosen is kept, and compared anew.
    await setField(page, 'Units', 84);
    await openDialog(page);
    await shows(dialog(page), 'Compared with LeNet-5: 1 layer changed.');
  });

  it('nothing differs: it says so, also to itself as it was opened', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, LENET);
    await openDialog(page);
    await compareWith(page, 'LeNet-5');
    await shows(dialog(page), 'No difference: the same layers, connections, blocks, training settings');
    expect([...(await totals(page)).values()].every((text) => text.startsWith('no change '))).toBe(true);
    await keepScreenshot(page, 'compare-same');
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    await change(page);
    await openDialog(page);
    await compareWith(page, 'As it was when opened');
    await shows(dialog(page), 'Compared with The design as opened: 2 layers changed.');
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    await button(page, 'Undo').click();
    await button(page, 'Undo').click();
    await openDialog(page);
    await shows(dialog(page), 'No difference');
  });

  it('a file; one that is no design says why', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, LENET);
    await openDialog(page);
    await compareWithFile(page, 'cut.convcanvas', '{"format": "convcanvas"');
    await shows(dialog(page).getByRole('alert'), 'This design cannot be opened. It is not JSON');
    const other = { ...lenet, name: 'Other', training: { ...lenet.training, batchSize: 50 }, classLabels: [] };
    await compareWithFile(page, 'other.convcanvas', formatDesign(other));
    await shows(dialog(page), 'Compared with other.convcanvas: 1 training setting changed, 10 class labels changed.');
    expect(await rows(page, 'Training settings')).toEqual([['Batch size', '50', '24']]);
    expect((await rows(page, 'Class labels'))[9]).toEqual(['9', '–', '9']);
    expect((await totals(page)).get('To train a batch of 50 → 24')).toMatch(/^−\d/);
    // Looking at a file makes no design of it.
    await page.keyboard.press('Escape');
    await button(page, 'Templates').click();
    await shows(page.locator('main'), 'Designs you change are saved by themselves');
  });

  it('a recent design, which thereby does not become the last used', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    await choose(page, LENET);
    await page.getByLabel('Name of the design').fill('First');
    await shows(page.locator('header'), 'Saved');
    await button(page, 'Templates').click();
    await choose(page, LENET);
    await change(page);
    await shows(page.locator('header'), 'Saved');
    const list = () => readFileSync(join(server.home, 'state', 'designs.json'), 'utf8');
    const before = list();
    await openDialog(page);
    await compareWith(page, /^First, /);
    await shows(dialog(page), 'Compared with First: 2 layers changed.');
    expect(list()).toBe(before);
    // The design that is open is not among them.
    const offered = await dialog(page).getByLabel('Compare this design with').locator('optgroup').allInnerTexts();
    const recent = await dialog(page).locator('optgroup[label="Recent designs"] option').count();
    expect(recent, offered.join()).toBe(1);
  });

  it('a design with problems', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, LENET);
    await node(page, 'CONV conv2').click();
    await setField(page, 'Kernel size (F)', 40);
    await openDialog(page);
    await compareWith(page, 'LeNet-5');
    await shows(result(page), /This design has a problem: its totals leave out the layers whose volume is not known/);
    expect(await rows(page, 'Layers changed')).toContainEqual(['Volume', '10×10×16', '?']);
    await keepScreenshot(page, 'compare-problem');
  });
});

/** Whether nothing sticks out of the dialog sideways, and it lies on the screen. */
async function expectInOrder(page: Page): Promise<void> {
  const size = page.viewportSize()!;
  const box = (await dialog(page).boundingBox())!;
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.y).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(size.width);
  expect(box.y + box.height).toBeLessThanOrEqual(size.height);
  for (const part of [dialog(page), result(page)]) {
    expect(await part.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  }
}

describe.each([
  ['light', { dark: false, width: 1280, height: 720 }],
  ['dark', { dark: true, width: 1280, height: 720 }],
  ['small', { dark: false, width: 960, height: 600 }],
  ['small-dark', { dark: true, width: 960, height: 600 }],
])('%s', (look, options) => {
  it('is in order: two changes, another network, long names', async () => {
    const { page } = await openPage((await startServer()).url, options);
    await choose(page, LENET);
    await openDialog(page);
    await keepScreenshot(page, `compare-${look}-empty`);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    await keepScreenshot(page, `compare-${look}-inspector`);
    await change(page);
    await openDialog(page);
    await compareWith(page, 'LeNet-5');
    await result(page).waitFor();
    await expectInOrder(page);
    await keepScreenshot(page, `compare-${look}-two`);
    await compareWith(page, 'VGG-16');
    await shows(dialog(page), 'Compared with VGG-16');
    await expectInOrder(page);
    await keepScreenshot(page, `compare-${look}-vgg`);
    // The last part can be scrolled to, inside the dialog.
    await result(page).locator('summary').last().scrollIntoViewIfNeeded();
    await keepScreenshot(page, `compare-${look}-scrolled`);

    const long = 'x'.repeat(60);
    const layers = new Map(
      [...lenet.network.layers].map(([id, layer]) => [id, { ...layer, name: `${long}-${id}`.slice(-64) }]),
    );
    await compareWithFile(
      page,
      `${'a very long name of a file '.repeat(6)}.convcanvas`,
      formatDesign({ ...lenet, network: { ...lenet.network, layers } }),
    );
    await shows(dialog(page), 'Compared with a very long name');
    await expectInOrder(page);
    await keepScreenshot(page, `compare-${look}-long`);
  });
});
