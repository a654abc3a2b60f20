/** A network drawn and changed from the outline, with keys only. No test here moves a mouse. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Network } from '#core/network/network.ts';
import { formatDesign, parseDesign } from '#core/project/design-file.ts';
import { blankDesign } from '#core/templates/index.ts';
import { chain, conv, input } from '../networks.ts';
import { temporaryFolder } from '../temporary.ts';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import {
  announcement,
  button,
  node,
  openOutline,
  outline,
  outlineNames,
  outlineRow,
  palette,
  settings,
  shows,
  tab,
  tabTo,
} from './page.ts';

withBrowser();

const press = async (page: Page, ...keys: readonly string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

async function begin(template: RegExp, options = {}) {
  const server = await startServer();
  const { page } = await openPage(server.url, options);
  const choice = page.getByRole('button', { name: template });
  await choice.waitFor();
  await tabTo(page, choice);
  await press(page, 'Enter');
  await tab(page, 'Outline').waitFor();
  return { page, home: server.home };
}

/** Adds layers from the palette, each with Enter. */
async function append(page: Page, ...labels: readonly string[]): Promise<void> {
  await tabTo(page, tab(page, 'Layers'));
  await press(page, 'Enter');
  for (const label of labels) {
    await tabTo(page, palette(page, label));
    await press(page, 'Enter');
    if (label !== labels.at(-1)) await tabTo(page, tab(page, 'Layers'), 'Shift+Tab');
  }
  await tabTo(page, tab(page, 'Layers'), 'Shift+Tab');
}

/** Goes to a row from any other by typing the layer's name. */
async function goTo(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(750); // what was typed before is forgotten by then
  await page.keyboard.type(name);
  await expect.poll(() => focused(page)).toMatch(new RegExp(`^\\S.* ${name}(,|$)`));
}

/** Selects the active row. */
async function select(page: Page): Promise<void> {
  await page.waitForTimeout(750); // until then a space would be part of the name that is typed
  await press(page, 'Space');
}

/** The accessible name of what has the focus. */
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');

/** Chooses an item of the active row's menu by typing it. */
async function fromMenu(page: Page, name: string, item: string, how = 'Shift+F10'): Promise<void> {
  await goTo(page, name);
  await press(page, how);
  const entry = page.getByRole('menuitem', { name: item, exact: true });
  await entry.waitFor();
  for (let i = 0; i < 30; i++) {
    if (await entry.evaluate((element) => element === document.activeElement)) break;
    await press(page, 'ArrowDown');
  }
  await press(page, 'Enter');
  await entry.waitFor({ state: 'detached' });
}

/** Types into the open dialog's list and takes what is found first. */
async function choose(page: Page, text: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox').waitFor();
  await page.keyboard.type(text);
  await dialog.locator('[role="option"][data-highlighted]', { hasText: text }).waitFor();
  await press(page, 'Enter');
  await dialog.waitFor({ state: 'detached' });
}

/** The network as it is saved, once it has these connections. */
async function saved(home: string, edges: readonly string[]): Promise<Network> {
  const path = join(home, 'designs', 'Untitled.convcanvas');
  let found: readonly string[] = [];
  for (let i = 0; i < 100; i++) {
    if (existsSync(path)) {
      const { network } = parseDesign(readFileSync(path, 'utf8'));
      found = edgesOf(network);
      if (found.join() === edges.join()) return network;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return expect.fail(`The saved design never became what was wanted; its connections are ${found.join(', ')}.`);
}

/** "conv1 > relu1" for every connection. */
function edgesOf({ layers, edges }: Network): readonly string[] {
  const name = (id: string) => layers.get(id)!.name;
  return edges.map(({ from, to }) => `${name(from)} > ${name(to)}`).sort();
}

describe('the outline', () => {
  it('is enough to draw a network with a branch, and to change it', async () => {
    const { page, home } = await begin(/^Blank/);
    await append(page, 'INPUT', 'CONV', 'RELU', 'FLATTEN', 'FC', 'SOFTMAX');
    await openOutline(page);
    expect(await outlineNames(page)).toEqual([
      'INPUT input, 28×28×1',
      'CONV conv1, from input, 28×28×16',
      'RELU relu1, from conv1, 28×28×16',
      'FLATTEN flatten1, from relu1, 12544',
      'FC fc1, from flatten1, 10',
      'SOFTMAX softmax1, from fc1, 10',
    ]);

    await fromMenu(page, 'relu1', 'Insert after…');
    await choose(page, 'CONV');
    await shows(announcement(page), 'conv2 was inserted after relu1');
    expect(await focused(page)).toBe('CONV conv2, from relu1, 28×28×16');
    await fromMenu(page, 'conv2', 'Insert after…', 'ContextMenu');
    await choose(page, 'ADD');
    expect(await focused(page)).toMatch(/^ADD add1, from conv2, no volume, problem: ADD needs/);
    await fromMenu(page, 'conv1', 'Connect to…');
    await choose(page, 'ADD add1');
    await shows(announcement(page), 'conv1 now feeds add1');
    expect(await focused(page)).toBe('CONV conv1, from input, 28×28×16');
    await outlineRow(page, 'ADD add1, from conv2 and conv1, 28×28×16').waitFor();

    await goTo(page, 'conv2');
    await press(page, 'F2');
    await page.keyboard.type('a/b');
    await shows(outline(page), 'without / and :');
    await press(page, 'Control+a');
    await page.keyboard.type('conv1');
    await shows(outline(page), 'Another layer has this name.');
    await press(page, 'Control+a');
    await page.keyboard.type('branch');
    await press(page, 'Enter');
    await shows(announcement(page), 'conv2 is now called branch');
    expect(await focused(page)).toBe('CONV branch, from relu1, 28×28×16');

    await fromMenu(page, 'branch', 'Insert before…');
    await choose(page, 'DROPOUT');
    await fromMenu(page, 'add1', 'Take conv1 before branch');
    await shows(announcement(page), 'conv1 now comes before branch among the inputs of add1');

    await fromMenu(page, 'flatten1', 'Disconnect from add1');
    await shows(announcement(page), 'add1 no longer feeds flatten1');
    expect(await outlineNames(page)).toContain('FLATTEN flatten1, not connected');
    await fromMenu(page, 'add1', 'Connect to…');
    await choose(page, 'FLATTEN flatten1');

    await goTo(page, 'drop1');
    await press(page, 'Delete');
    await shows(announcement(page), 'drop1 was deleted');
    expect(await focused(page)).toBe('CONV branch, not connected');
    await fromMenu(page, 'relu1', 'Connect to…');
    await choose(page, 'CONV branch');

    expect(await outlineNames(page)).toEqual([
      'INPUT input, 28×28×1',
      'CONV conv1, from input, 28×28×16',
      'RELU relu1, from conv1, 28×28×16',
      'CONV branch, from relu1, 28×28×16',
      'ADD add1, from conv1 and branch, 28×28×16',
      'FLATTEN flatten1, from add1, 12544',
      'FC fc1, from flatten1, 10',
      'SOFTMAX softmax1, from fc1, 10',
    ]);
    await shows(page.getByRole('tabpanel'), 'No problems');
    const wanted = [
      'add1 > flatten1',
      'branch > add1',
      'conv1 > add1',
      'conv1 > relu1',
      'fc1 > softmax1',
      'flatten1 > fc1',
      'input > conv1',
      'relu1 > branch',
    ];
    const network = await saved(home, wanted);
    expect([...network.layers.values()].map(({ kind }) => kind).sort()).toEqual(
      ['Add', 'Conv2D', 'Conv2D', 'Dense', 'Flatten', 'Input', 'ReLU', 'Softmax'].sort(),
    );
    const places = [...network.layers.values()].map(({ position }) => String(position));
    expect(new Set(places).size).toBe(places.length);
  });

  it('selects like a list: a row, several, a range; the settings and the canvas follow', async () => {
    const { page } = await begin(/^LeNet-5/);
    await openOutline(page);
    await press(page, 'ArrowDown', 'Space');
    expect(await settings(page).getByLabel('Name', { exact: true }).inputValue()).toBe('conv1');
    expect(await outlineRow(page, 'CONV conv1').getAttribute('aria-selected')).toBe('true');
    await press(page, 'ArrowDown');
    expect(await outlineRow(page, 'RELU relu1').getAttribute('aria-selected')).toBe('false');
    await press(page, 'Control+Space');
    await shows(settings(page), '2 layers selected');
    await press(page, 'Shift+ArrowDown', 'Shift+ArrowDown');
    await shows(settings(page), '3 layers selected');
    await press(page, 'Shift+End');
    await shows(settings(page), 'layers selected');
    const last = (await outlineNames(page)).at(-1);
    expect(await focused(page)).toBe(last);
    await press(page, 'Home');
    expect(await focused(page)).toMatch(/^INPUT input/);
    await press(page, 'Escape');
    expect(await outline(page).getByRole('row', { selected: true }).count()).toBe(0);
    await goTo(page, 'fc2');
    await select(page);
    expect(await settings(page).getByLabel('Name', { exact: true }).inputValue()).toBe('fc2');
  });

  it('leads into the settings with Enter, and back to the row with Escape', async () => {
    const { page } = await begin(/^LeNet-5/);
    await openOutline(page);
    await goTo(page, 'conv2');
    await press(page, 'Enter');
    const name = settings(page).getByLabel('Name', { exact: true });
    expect(await name.inputValue()).toBe('conv2');
    expect(await name.evaluate((field) => field === document.activeElement)).toBe(true);
    await tabTo(page, settings(page).getByLabel('Kernel size (F)', { exact: true }));
    await page.keyboard.type('2.5');
    // The first Escape is the field's, which refused that.
    await press(page, 'Escape');
    expect(await settings(page).getByLabel('Kernel size (F)', { exact: true }).inputValue()).toBe('5');
    await press(page, 'Escape');
    expect(await focused(page)).toMatch(/^CONV conv2/);
    expect(await outlineRow(page, 'CONV conv2').getAttribute('aria-selected')).toBe('true');
    await fromMenu(page, 'fc1', 'Settings');
    expect(await name.inputValue()).toBe('fc1');
    expect(await name.evaluate((field) => field === document.activeElement)).toBe(true);
    await press(page, 'Escape');
    expect(await focused(page)).toMatch(/^FC fc1/);
    // Several that are selected are set together.
    await select(page);
    await press(page, 'Shift+ArrowDown', 'Enter');
    await shows(settings(page), '2 layers selected');
    await press(page, 'Escape');
    expect(await focused(page)).toMatch(/^RELU relu3/);
    await tabTo(page, tab(page, 'Outline'), 'Shift+Tab'); // in a row letters are for names
    await press(page, '?');
    await shows(
      page.getByRole('dialog'),
      /Settings of a layer, in the outline or on the canvas; Esc leads back\s*Enter/,
    );
  });

  it('keeps its keys from the canvas and the window, and takes Escape for itself', async () => {
    const { page } = await begin(/^LeNet-5/);
    await openOutline(page);
    const before = await outlineNames(page);
    await goTo(page, 'conv1');
    await select(page);
    await press(page, 'ArrowDown', 'Shift+F10');
    await page.getByRole('menu').waitFor();
    // With the menu open, neither Delete nor f is for the canvas.
    await press(page, 'Delete', 'f', 'Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    expect(await focused(page)).toMatch(/^RELU relu1/);
    expect(await outlineNames(page)).toEqual(before);
    await press(page, 'F2');
    await page.keyboard.type('other');
    await press(page, 'Escape');
    expect(await focused(page)).toMatch(/^RELU relu1/);
    expect(await outlineNames(page)).toEqual(before);
    await fromMenu(page, 'conv2', 'Connect to…');
    await page.getByRole('dialog').waitFor();
    await press(page, 'Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toMatch(/^CONV conv2/);
    await press(page, 'Control+d');
    await shows(announcement(page), 'Duplicated as conv3');
    await expect.poll(() => focused(page)).toBe('CONV conv3, not connected');
    await press(page, 'Control+z');
    await outlineRow(page, 'CONV conv3').waitFor({ state: 'detached' });
    expect(await outlineNames(page)).toEqual(before);
  });

  it('deletes several at once, and undoes it in one step', async () => {
    const { page } = await begin(/^LeNet-5/);
    await openOutline(page);
    const before = await outlineNames(page);
    await goTo(page, 'relu1');
    await select(page);
    await press(page, 'Shift+ArrowDown', 'Shift+ArrowDown', 'Delete');
    await shows(announcement(page), '3 layers were deleted');
    expect(await outlineNames(page)).toHaveLength(before.length - 3);
    await press(page, 'Control+z');
    expect(await outlineNames(page)).toEqual(before);
  });

  it('says how to begin where nothing is', async () => {
    const { page } = await begin(/^Blank/);
    await tabTo(page, tab(page, 'Layers'));
    await press(page, 'ArrowRight', 'Enter');
    await shows(page.getByRole('region', { name: 'Outline' }), 'No layers yet: choose INPUT under Layers');
  });

  it('brings a layer that is selected into view, among hundreds', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    const steps = Array.from({ length: 490 }, () => conv(4, 3, 1, 1));
    const network = chain(input(3, 16), ...steps, ['Flatten'], ['Dense']);
    const placed = new Map(
      [...network.layers].map(([id, layer], i) => [id, { ...layer, position: [i * 220, 0] as const }]),
    );
    const file = join(temporaryFolder(), 'long.convcanvas');
    writeFileSync(file, formatDesign({ ...blankDesign(), network: { ...network, layers: placed } }));
    const chooser = page.waitForEvent('filechooser');
    await tabTo(page, button(page, 'Open a file…'));
    await press(page, 'Enter');
    await (await chooser).setFiles(file);
    await tab(page, 'Outline').waitFor();
    await openOutline(page);
    expect(await outlineNames(page)).toHaveLength(493);
    await goTo(page, 'conv400');
    await select(page);
    await node(page, 'CONV conv400').waitFor();
    await expect.poll(async () => (await node(page, 'CONV conv400').boundingBox())?.x ?? -1).toBeGreaterThan(172);
    await page.waitForTimeout(300);
    await keepScreenshot(page, 'outline-long');
  });
});

describe.each([
  ['light', false],
  ['dark', true],
])('%s', (look, dark) => {
  it('is drawn in order', async () => {
    const { page } = await begin(/^LeNet-5/, { dark });
    await openOutline(page);
    await goTo(page, 'conv2');
    await select(page);
    await page.waitForTimeout(300);
    await keepScreenshot(page, `${look}-outline`);
    await press(page, 'Shift+F10');
    await page.getByRole('menu').waitFor();
    await keepScreenshot(page, `${look}-outline-menu`);
    await press(page, 'Escape');
    await fromMenu(page, 'conv1', 'Connect to…');
    await page.getByRole('dialog').waitFor();
    await page.waitForTimeout(200);
    await keepScreenshot(page, `${look}-outline-connect`);
    await press(page, 'Escape');
    await goTo(page, 'conv2');
    await press(page, 'F2');
    await page.keyboard.type('a-name-that-is-much-longer-than-any-layer-needs');
    await press(page, 'Enter');
    await tabTo(page, settings(page).getByLabel('Kernel size (F)', { exact: true }));
    await page.keyboard.type('40');
    await page.waitForTimeout(300);
    await keepScreenshot(page, `${look}-outline-problem`);
    expect(await outline(page).evaluate((grid) => grid.scrollWidth <= grid.clientWidth)).toBe(true);
  });
});
