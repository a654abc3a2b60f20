/** Finding layers and doing things by their name: the command palette and the list of shortcuts. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepScreenshot, openPage, type PageOptions, startServer, withBrowser } from './app.ts';
import { announcement, button, canvas, cardOf, choose, node, settings, shows, status, tab } from './page.ts';

withBrowser();

const dialog = (page: Page, name = 'Find or do'): Locator => page.getByRole('dialog', { name, exact: true });
const field = (page: Page): Locator => page.getByRole('combobox', { name: /^Find a layer/ });
const option = (page: Page, name: string | RegExp): Locator => page.getByRole('option', { name });
const highlighted = (page: Page): Locator => page.getByRole('option', { selected: true });

async function begin(template: string | RegExp, options: PageOptions = {}): Promise<Page> {
  const { page } = await openPage((await startServer()).url, options);
  await choose(page, template);
  return page;
}

/** Opens the palette, types and presses Enter, as fast as it goes. */
async function run(page: Page, typed: string, keys = 'ControlOrMeta+k'): Promise<void> {
  await page.keyboard.press(keys);
  await page.keyboard.type(typed);
  await page.keyboard.press('Enter');
}

/** How large a node is drawn, and whether all of it is on the canvas. */
async function seen(page: Page, name: string): Promise<{ readonly width: number; readonly inView: boolean }> {
  const [box, around] = [await node(page, name).boundingBox(), await canvas(page).boundingBox()];
  if (box === null || around === null) return { width: 0, inView: false };
  const inView =
    box.x >= around.x &&
    box.y >= around.y &&
    box.x + box.width <= around.x + around.width &&
    box.y + box.height <= around.y + around.height;
  return { width: box.width, inView };
}

const isFocused = (locator: Locator) => locator.evaluate((element) => element === document.activeElement);

describe('finding layers', () => {
  it('selects one of many and brings it into view, large enough to be read', async () => {
    const page = await begin(cardOf('resnet20'));
    expect((await seen(page, 'CONV conv12')).width).toBeLessThan(80);
    await page.keyboard.press('ControlOrMeta+f');
    await dialog(page, 'Find a layer').waitFor();
    expect(await field(page).getAttribute('placeholder')).toBe('Find a layer');
    expect(await page.getByRole('option').count()).toBeGreaterThan(60);
    await page.keyboard.press('Escape');
    await run(page, 'conv12', 'ControlOrMeta+f');
    await shows(settings(page), 'CONV');
    await expect.poll(() => seen(page, 'CONV conv12')).toMatchObject({ inView: true });
    await expect.poll(async () => (await seen(page, 'CONV conv12')).width).toBeGreaterThan(80);
    expect(await settings(page).getByLabel('Name', { exact: true }).inputValue()).toBe('conv12');
    await shows(announcement(page), 'conv12 is selected');
  });

  it('finds what is in a block, and selects the block', async () => {
    const page = await begin(cardOf('resnet50'));
    await page.keyboard.press('/');
    await field(page).waitFor();
    await page.keyboard.type('block7/conv2');
    await shows(highlighted(page), /^CONV block7\/conv2 28×28×128/);
    await keepScreenshot(page, 'palette-find');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor({ state: 'detached' });
    await expect.poll(() => seen(page, 'BLOCK block7')).toMatchObject({ inView: true });
    expect(await settings(page).getByLabel('Name', { exact: true }).inputValue()).toBe('block7');
  });

  it('goes through the results with the arrow keys and round their ends, and with the mouse', async () => {
    const page = await begin(cardOf('lenet5'));
    await page.keyboard.press('ControlOrMeta+f');
    await field(page).waitFor();
    const all = await page.getByRole('option').count();
    await page.keyboard.press('ArrowUp');
    await shows(highlighted(page), /^SOFTMAX/);
    await page.keyboard.press('ArrowDown');
    await shows(highlighted(page), /^INPUT/);
    await page.keyboard.type('conv');
    expect(await page.getByRole('option').count()).toBeLessThan(all);
    await page.keyboard.press('ArrowDown');
    await shows(highlighted(page), /^CONV conv2/);
    // Another letter starts at the best result again.
    await page.keyboard.type('1');
    await shows(highlighted(page), /^CONV conv1/);
    await field(page).fill('pool');
    await option(page, /pool2/).hover();
    await shows(highlighted(page), /pool2/);
    expect(await isFocused(field(page))).toBe(true);
    await option(page, /pool2/).click();
    await dialog(page, 'Find a layer').waitFor({ state: 'detached' });
    expect(await settings(page).getByLabel('Name', { exact: true }).inputValue()).toBe('pool2');
  });

  it('says so where there is none', async () => {
    const page = await begin(/^Blank/);
    await page.keyboard.press('ControlOrMeta+f');
    await shows(dialog(page, 'Find a layer'), 'There is no layer yet.');
    await page.keyboard.press('Enter');
    await page.keyboard.type('x');
    await shows(dialog(page, 'Find a layer'), 'Nothing is called that.');
    await page.keyboard.press('Enter');
    expect(await dialog(page, 'Find a layer').count()).toBe(1);
  });
});

describe('doing', () => {
  it('adds, replaces, duplicates, deletes and undoes', async () => {
    const page = await begin(/^Blank/);
    for (const kind of ['input', 'conv', 'max pool']) await run(page, `add ${kind}`);
    await node(page, 'MAX POOL pool1').waitFor();
    await shows(status(page), /./);
    await run(page, 'replace avg');
    await node(page, 'AVG POOL avgpool1').waitFor();
    await shows(announcement(page), 'pool1 was replaced with AVG POOL');
    await run(page, 'duplicate');
    await node(page, 'AVG POOL avgpool2').waitFor();
    await run(page, 'delete');
    await node(page, 'AVG POOL avgpool2').waitFor({ state: 'detached' });
    await run(page, 'undo');
    await node(page, 'AVG POOL avgpool2').waitFor();
    await run(page, 'redo');
    await node(page, 'AVG POOL avgpool2').waitFor({ state: 'detached' });
    // Each of them was one step.
    for (let step = 0; step < 5; step++) await page.keyboard.press('ControlOrMeta+z');
    expect(await page.locator('.react-flow__node').count()).toBe(1);
  });

  it('shows panels, opens dialogs and templates, and trains', async () => {
    const page = await begin(cardOf('lenet5'));
    await run(page, 'show ledger');
    await expect.poll(() => tab(page, 'Ledger').getAttribute('aria-selected')).toBe('true');
    await run(page, 'outline');
    await expect.poll(() => tab(page, 'Outline').getAttribute('aria-selected')).toBe('true');
    await run(page, 'export diagram');
    await dialog(page, 'Export diagram').waitFor();
    await expect
      .poll(() => dialog(page, 'Export diagram').evaluate((open) => open.contains(document.activeElement)))
      .toBe(true);
    // One dialog at a time.
    await page.keyboard.press('ControlOrMeta+k');
    expect(await field(page).count()).toBe(0);
    await page.keyboard.press('Escape');
    await dialog(page, 'Export diagram').waitFor({ state: 'detached' });

    await run(page, 'train');
    await shows(status(page), /epoch/, 60_000);
    await expect.poll(() => tab(page, 'Training').getAttribute('aria-selected')).toBe('true');
    await run(page, 'stop');
    await shows(status(page), /^Stopped/, 60_000);
    await run(page, 'new vgg11');
    await expect.poll(() => page.getByLabel('Name of the design').inputValue()).toBe('VGG-11');
    await run(page, 'templates');
    await page.getByRole('heading', { name: 'ImageNet' }).waitFor();
    // Without a network on the page, only what needs none.
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('relu');
    await shows(dialog(page), 'Nothing is called that.');
    await field(page).fill('alexnet');
    await shows(highlighted(page), /^New from AlexNet/);
    await page.keyboard.press('Enter');
    await canvas(page).waitFor();
    expect(await page.getByLabel('Name of the design').inputValue()).toBe('AlexNet');
  });

  it('takes a block apart, and says why something cannot be done', async () => {
    const page = await begin(cardOf('resnet18'));
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('apart');
    await shows(highlighted(page), 'It needs one block to be selected.');
    expect(await highlighted(page).getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    expect(await dialog(page).count()).toBe(1);
    await page.keyboard.press('Escape');
    const before = await page.locator('.react-flow__node').count();
    await run(page, 'block2', 'ControlOrMeta+f');
    await run(page, 'apart');
    await expect.poll(() => page.locator('.react-flow__node').count()).toBeGreaterThan(before + 2);
  });

  it('Escape gives the focus back and leaves the selection alone; so do the keys that opened it', async () => {
    const page = await begin(cardOf('lenet5'));
    await node(page, 'CONV conv1').click();
    const name = page.getByLabel('Name of the design');
    await name.focus();
    for (const close of ['Escape', 'ControlOrMeta+k']) {
      await page.keyboard.press('ControlOrMeta+k');
      await page.keyboard.type('undo f');
      await page.keyboard.press(close);
      await dialog(page).waitFor({ state: 'detached' });
      await expect.poll(() => isFocused(name)).toBe(true);
    }
    expect(await name.inputValue()).toBe('LeNet-5');
    await button(page, 'Find or do…').click();
    await field(page).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => isFocused(button(page, 'Find or do…'))).toBe(true);
    // Keys that are text in a field do nothing there.
    await name.fill('a/b?');
    await name.press('End');
    await page.keyboard.type('/?f');
    expect(await name.inputValue()).toBe('a/b?/?f');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await shows(settings(page), 'CONV');
  });
});

describe('the list of shortcuts', () => {
  it('opens with ? and from the palette; keys pressed in it do not reach the network', async () => {
    const page = await begin(cardOf('lenet5'));
    const shortcuts = dialog(page, 'Keyboard shortcuts');
    const name = page.getByLabel('Name of the design');
    await node(page, 'CONV conv1').click();
    await page.keyboard.press('?');
    await shortcuts.waitFor();
    await shows(shortcuts, /Redo.*Ctrl\+Shift\+Z.*Ctrl\+Y/);
    await page.keyboard.press('Delete');
    await page.keyboard.press('Escape');
    await shortcuts.waitFor({ state: 'detached' });
    await node(page, 'CONV conv1').waitFor();
    await shows(settings(page), 'Filters (K)');
    await name.focus();
    await run(page, 'keyboard');
    await shortcuts.waitFor();
    await page.keyboard.press('Escape');
    await shortcuts.waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(name)).toBe(true);
  });
});

describe.each([
  ['light', false],
  ['dark', true],
] as const)('pictures, %s', (scheme, dark) => {
  it('keeps them for people to look at', async () => {
    const page = await begin(cardOf('resnet50'), { dark });
    await keepScreenshot(page, `palette-toolbar-${scheme}`);
    await page.keyboard.press('ControlOrMeta+k');
    await field(page).waitFor();
    await keepScreenshot(page, `palette-empty-${scheme}`);
    await page.keyboard.type('conv');
    await keepScreenshot(page, `palette-conv-${scheme}`);
    await field(page).fill('re');
    await page.keyboard.press('ArrowDown');
    await keepScreenshot(page, `palette-re-${scheme}`);
    await field(page).fill('no such thing');
    await keepScreenshot(page, `palette-none-${scheme}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await dialog(page, 'Keyboard shortcuts').waitFor();
    await keepScreenshot(page, `palette-shortcuts-${scheme}`);
  });
});

it('fits a small window: nothing of the toolbar is cut off', async () => {
  const page = await begin(cardOf('lenet5'), { width: 960, height: 600 });
  const header = page.locator('header').first();
  const overflow = () => header.evaluate((bar) => bar.scrollWidth - bar.clientWidth);
  expect(await overflow()).toBe(0);
  await keepScreenshot(page, 'palette-small-toolbar');
  await page.keyboard.press('?');
  await dialog(page, 'Keyboard shortcuts').waitFor();
  await keepScreenshot(page, 'palette-small-shortcuts');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+k');
  await field(page).waitFor();
  await keepScreenshot(page, 'palette-small');
  await page.keyboard.press('Escape');
  await button(page, 'Train').click();
  await shows(status(page), /epoch/, 60_000);
  expect(await overflow()).toBe(0);
  await keepScreenshot(page, 'palette-small-training');
});
