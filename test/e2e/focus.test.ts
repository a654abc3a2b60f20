/** Where the focus goes when what had it leaves the page: dialogs, menus, fixes, deleted layers, disabled buttons. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { blankDesign } from '#core/templates/index.ts';
import { chain, conv, input, type Step } from '../networks.ts';
import { temporaryFolder } from '../temporary.ts';
import { openPage, startServer, withBrowser } from './app.ts';
import {
  button,
  canvas,
  cardOf,
  choose,
  node,
  outlineRow,
  palette,
  setField,
  settings,
  shows,
  status,
  tab,
} from './page.ts';

withBrowser();

async function openLenet(): Promise<Page> {
  const { page } = await openPage((await startServer()).url);
  await choose(page, /^LeNet-5/);
  await page.waitForTimeout(300); // the network comes to rest in view
  return page;
}

/** Opens a chain of layers from a file. */
async function openChain(...steps: readonly Step[]): Promise<Page> {
  const { page } = await openPage((await startServer()).url);
  const file = join(temporaryFolder(), 'chain.convcanvas');
  writeFileSync(file, formatDesign({ ...blankDesign(), network: chain(...steps) }));
  const chooser = page.waitForEvent('filechooser');
  await button(page, 'Open a file…').click();
  await (await chooser).setFiles(file);
  await canvas(page).waitFor();
  await page.waitForTimeout(300);
  return page;
}

/** What has the focus, in a few words; "page" where nothing has it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const active = document.activeElement;
    if (active === null || active === document.body) return 'page';
    const label = active.getAttribute('aria-label') ?? document.querySelector(`label[for="${active.id}"]`)?.textContent;
    return `${active.getAttribute('role') ?? active.tagName.toLowerCase()} ${label ?? active.textContent ?? ''}`.trim();
  });

/** Waits until the focus is there, and sees that it stays. */
async function expectFocus(page: Page, what: RegExp | string): Promise<void> {
  await expect.poll(() => focused(page)).toMatch(what);
  await page.waitForTimeout(120);
  expect(await focused(page)).toMatch(what);
}

const focusNode = (page: Page, name: string) => node(page, name).focus();
const dialog = (page: Page, name?: string | RegExp): Locator =>
  name === undefined ? page.getByRole('dialog') : page.getByRole('dialog', { name });
const NOT_THE_PAGE = /^(?!page$)/;

describe('after a dialog', () => {
  it('the palette: what had the focus has it again, or the layer that was chosen', async () => {
    const page = await openLenet();
    // At first nothing has it.
    await page.keyboard.press('Control+k');
    await dialog(page).waitFor();
    await page.keyboard.press('Escape');
    await expectFocus(page, NOT_THE_PAGE);
    await focusNode(page, 'RELU relu2');
    for (const keys of ['Control+k', 'Control+f', '/', '?']) {
      await page.keyboard.press(keys);
      await dialog(page).waitFor();
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      await expectFocus(page, 'group RELU relu2');
    }
    await page.keyboard.press('Control+k');
    await page.keyboard.type('conv2');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'group CONV conv2');
    // From the outline, to the row.
    await tab(page, 'Outline').click();
    await outlineRow(page, 'FC fc1').focus();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('pool2');
    await page.keyboard.press('Enter');
    await expectFocus(page, /^row MAX POOL pool2/);
    // What a command removes cannot have it back.
    await focusNode(page, 'MAX POOL pool2');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('delete the selection');
    await page.keyboard.press('Enter');
    await node(page, 'MAX POOL pool2').waitFor({ state: 'detached' });
    await expectFocus(page, NOT_THE_PAGE);
    // A layer of hundreds that was not drawn.
  });

  it('the palette: a layer that was not drawn before has it as soon as it is', async () => {
    const page = await openChain(
      input(3, 16),
      ...Array.from({ length: 300 }, () => conv(4, 3, 1, 1)),
      ['Flatten'],
      ['Dense'],
    );
    for (let i = 0; i < 8; i++) await button(page, 'Zoom in').click();
    await page.waitForTimeout(400);
    await page.keyboard.press('Control+f');
    await page.keyboard.type('conv290');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'group CONV conv290');
  });

  it('those that the palette opens: what had the focus before the palette', async () => {
    const page = await openLenet();
    await focusNode(page, 'CONV conv1');
    for (const [typed, name] of [
      ['export diagram', 'Export diagram'],
      ['compare with', 'Compare designs'],
      ['keyboard shortcuts', 'Keyboard shortcuts'],
      ['about', 'About ConvCanvas'],
    ] as const) {
      await page.keyboard.press('Control+k');
      await page.keyboard.type(typed);
      await page.keyboard.press('Enter');
      await dialog(page, name).waitFor();
      // It is in the dialog meanwhile.
      await expect
        .poll(() => dialog(page, name).evaluate((popup) => popup.contains(document.activeElement)))
        .toBe(true);
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      await expectFocus(page, 'group CONV conv1');
    }
  });

  it('of a button: the button', async () => {
    const page = await openLenet();
    for (const [name, closing] of [
      ['Export diagram', 'Escape'],
      ['Export diagram', 'Close'],
      ['Compare with…', 'Escape'],
      ['Compare with…', 'Close'],
    ] as const) {
      await button(page, name).focus();
      await page.keyboard.press('Enter');
      await dialog(page).waitFor();
      if (closing === 'Escape') await page.keyboard.press('Escape');
      else await dialog(page).getByRole('button', { name: 'Close' }).click();
      await expectFocus(page, `button ${name}`);
    }
  });

  it('a comparison: the layer that was chosen in it', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv1').click();
    await setField(page, 'Filters (K)', 9);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('compare with');
    await page.keyboard.press('Enter');
    await page.getByLabel('Compare this design with').selectOption('As it was when opened');
    await dialog(page).getByRole('button', { name: 'conv1' }).first().click();
    await expectFocus(page, 'group CONV conv1');
  });

  it('the working of a number: the number, or the settings that it leads to', async () => {
    const page = await openLenet();
    await tab(page, 'Ledger').click();
    const figure = page.getByRole('tabpanel').getByRole('button', { name: '2,416', exact: true });
    await figure.focus();
    for (const how of ['Escape', 'Close'] as const) {
      await page.keyboard.press('Enter');
      await dialog(page).waitFor();
      if (how === 'Escape') await page.keyboard.press('Escape');
      else await dialog(page).getByRole('button', { name: 'Close' }).click();
      await dialog(page).waitFor({ state: 'detached' });
      await expectFocus(page, /^button 2,416/);
    }
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('button', { name: 'Show its settings' }).click();
    await expectFocus(page, /Name$/);
    expect(await settings(page).getByLabel('Name', { exact: true }).inputValue()).toBe('conv2');
    // From the number on a connection, which cannot have the focus.
    await page.locator('.react-flow__edge text', { hasText: '28×28×6' }).first().click();
    await dialog(page).waitFor();
    await page.keyboard.press('Escape');
    await expectFocus(page, NOT_THE_PAGE);
  });

  it('the pattern: the network it made, or the card that opened it', async () => {
    const { page } = await openPage((await startServer()).url);
    const card = page.getByRole('button', { name: /pattern/i });
    await card.focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await page.keyboard.press('Escape');
    await expectFocus(page, /^button .*pattern/i);
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('button', { name: 'Create' }).click();
    await canvas(page).waitFor();
    await expectFocus(page, NOT_THE_PAGE);
  });

  it('menus and choosers of the outline: the row, or the layer that was inserted', async () => {
    const page = await openLenet();
    await tab(page, 'Outline').click();
    await outlineRow(page, 'CONV conv2').focus();
    const open = async (item: string) => {
      await page.keyboard.press('Shift+F10');
      await page.getByRole('menuitem', { name: item }).click();
    };
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await expectFocus(page, /^row CONV conv2/);
    for (const item of ['Connect to…', 'Insert before…', 'Insert after…']) {
      await open(item);
      await dialog(page).waitFor();
      await page.keyboard.press('Escape');
      await expectFocus(page, /^row CONV conv2/);
    }
    await open('Insert after…');
    await page.keyboard.type('DROPOUT');
    await dialog(page).locator('[role="option"][data-highlighted]', { hasText: 'DROPOUT' }).waitFor();
    await page.keyboard.press('Enter');
    await expectFocus(page, /^row DROPOUT drop1/);
    await open('Disconnect from conv2');
    await expectFocus(page, /^row DROPOUT drop1/);
    await open('Delete');
    await expectFocus(page, /^row /);
  });

  it('a filter, the receipt of an export and the message of a run: what opened them', async () => {
    const page = await openLenet();
    await tab(page, 'Training').click();
    await page.getByRole('tabpanel').getByLabel('Epochs', { exact: true }).fill('1');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished/, 90_000);
    await tab(page, 'Filters').click();
    const filter = page
      .getByRole('button')
      .filter({ has: page.getByRole('img', { name: 'conv2 filter 3', exact: true }) });
    await filter.focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    expect(await filter.evaluate((element) => element === document.activeElement)).toBe(true);
    const download = page.waitForEvent('download');
    await button(page, 'Export ONNX').focus();
    await page.keyboard.press('Enter');
    await download;
    await dialog(page).waitFor();
    await page.keyboard.press('Escape');
    await expectFocus(page, 'button Export ONNX');
  });

  it('when the connection is gone: on the way to have it back', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    await choose(page, /^LeNet-5/);
    await focusNode(page, 'CONV conv1');
    server.process.kill('SIGKILL');
    await page.getByRole('alertdialog').waitFor();
    await expectFocus(page, 'button Look now');
  });
});

describe('after a fix', () => {
  /** FC on a volume twice, an even LRN, names used twice. */
  const faulty = () =>
    openChain(input(1, 12), conv(4, 3), ['LocalResponseNormalization', { size: 4 }], ['Dense', { units: 5 }]);

  it('in the list of problems: the next problem, then the list', async () => {
    const page = await faulty();
    const panel = page.getByRole('tabpanel');
    const problems = panel.getByRole('listitem');
    await expect.poll(() => problems.count()).toBe(2);
    await panel.getByRole('button', { name: 'Set neighbours to 3' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => problems.count()).toBe(1);
    await expectFocus(page, 'button fc1');
    await panel.getByRole('button', { name: 'Insert FLATTEN' }).focus();
    await page.keyboard.press('Enter');
    await shows(panel, 'No problems');
    await expectFocus(page, NOT_THE_PAGE);
    expect(await focused(page)).toMatch(/^tab/);
  });

  it('on a layer: the layer', async () => {
    const page = await faulty();
    for (const [layer, fix] of [
      ['LRN norm1', 'Set neighbours to 5'],
      ['FC fc1', 'Insert FLATTEN'],
    ] as const) {
      await node(page, layer).getByRole('button', { name: fix }).focus();
      await page.keyboard.press('Enter');
      await expectFocus(page, `group ${layer}`);
      // With the mouse as well.
      await page.keyboard.press('ControlOrMeta+z');
      await node(page, layer).getByRole('button', { name: fix }).click();
      await expectFocus(page, `group ${layer}`);
    }
  });

  it('in the settings: what stands there next', async () => {
    const page = await faulty();
    await node(page, 'LRN norm1').click({ position: { x: 20, y: 6 } });
    await settings(page).getByRole('button', { name: 'Set neighbours to 5' }).click();
    await expectFocus(page, NOT_THE_PAGE);
    expect(await settings(page).evaluate((section) => section.contains(document.activeElement))).toBe(true);
    await node(page, 'CONV conv1').click({ position: { x: 20, y: 6 } });
    await setField(page, 'Stride (S)', 4);
    const exact = settings(page).getByRole('group', { name: 'Make it exact' }).getByRole('button').first();
    await exact.focus();
    await page.keyboard.press('Enter');
    await expectFocus(page, NOT_THE_PAGE);
    expect(await settings(page).evaluate((section) => section.contains(document.activeElement))).toBe(true);
  });

  it('of data that do not go with the network: in the panel', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, cardOf('convnetjs-cifar10'));
    await tab(page, 'Training').click();
    await page
      .getByRole('tabpanel')
      .getByRole('button', { name: /^Set INPUT to/ })
      .focus();
    await page.keyboard.press('Enter');
    await expectFocus(page, NOT_THE_PAGE);
    expect(await page.getByRole('tabpanel').evaluate((panel) => panel.contains(document.activeElement))).toBe(true);
  });
});

describe('when something is removed', () => {
  it('a layer on the canvas: one that it was connected to', async () => {
    const page = await openLenet();
    await node(page, 'RELU relu1').click({ position: { x: 20, y: 6 } });
    await page.keyboard.press('Delete');
    await expectFocus(page, 'group CONV conv1');
    const edge = page.locator('.react-flow__edge').first();
    await edge.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Delete');
    await expectFocus(page, NOT_THE_PAGE);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await canvas(page).getByText('An empty canvas.').waitFor();
    await expectFocus(page, NOT_THE_PAGE);
  });

  it('a layer with its own settings, a connection in them, a note, a block, a notice', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv1').click({ position: { x: 20, y: 6 } });
    await settings(page).getByRole('button', { name: 'Cut the connection from input' }).focus();
    await page.keyboard.press('Enter');
    await expectFocus(page, /Fed by$/);
    await settings(page).getByRole('button', { name: 'Delete' }).focus();
    await page.keyboard.press('Enter');
    await expectFocus(page, NOT_THE_PAGE);
    await button(page, 'Add a note').click();
    await button(page, 'Delete note 1').focus();
    await page.keyboard.press('Enter');
    await expectFocus(page, NOT_THE_PAGE);
    await node(page, 'RELU relu3').click({ position: { x: 20, y: 6 } });
    await node(page, 'FC fc2').click({ position: { x: 20, y: 6 }, modifiers: ['Shift'] });
    await settings(page).getByLabel('Make a block of them, called').fill('pair');
    await settings(page).getByRole('button', { name: 'Make a block' }).focus();
    await page.keyboard.press('Enter');
    await node(page, 'BLOCK block1').waitFor();
    await expectFocus(page, NOT_THE_PAGE);
    await settings(page).getByRole('button', { name: 'Take apart' }).focus();
    await page.keyboard.press('Enter');
    await node(page, 'BLOCK block1').waitFor({ state: 'detached' });
    await expectFocus(page, NOT_THE_PAGE);
    await button(page, 'Forget the block pair').focus();
    await page.keyboard.press('Enter');
    await expectFocus(page, NOT_THE_PAGE);
  });

  it('a field of settings: with the kind that is replaced, with the choice that hides it', async () => {
    const page = await openLenet();
    await node(page, 'MAX POOL pool1').click({ position: { x: 20, y: 6 } });
    await settings(page).getByLabel('Kind', { exact: true }).focus();
    await settings(page).getByLabel('Kind', { exact: true }).selectOption({ label: 'AVG POOL' });
    await expectFocus(page, NOT_THE_PAGE);
    await button(page, 'Undo').focus();
    await page.keyboard.press('Enter');
    // There is nothing more to undo; the button is disabled and keeps the focus.
    await expectFocus(page, 'button Undo');
    expect(await button(page, 'Undo').getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    await button(page, 'Redo').focus();
    expect(await button(page, 'Undo').isDisabled()).toBe(true);
  });

  it('the folder form and its data set', async () => {
    const page = await openLenet();
    const folder = join(temporaryFolder(), 'pictures');
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, name), { recursive: true });
      for (let i = 0; i < 6; i++) {
        const data = new Uint8Array(28 * 28 * 3).fill(30 * i);
        writeFileSync(join(folder, name, `${i}.png`), encode({ width: 28, height: 28, data, channels: 3, depth: 8 }));
      }
    }
    await tab(page, 'Training').click();
    for (const how of ['Cancel', 'Add'] as const) {
      await page.getByLabel('Data set').selectOption({ label: 'Add a folder…' });
      await page.getByLabel('Folder on this computer').fill(folder);
      await button(page, how).focus();
      await page.keyboard.press('Enter');
      await page.getByLabel('Folder on this computer').waitFor({ state: 'detached' });
      await expectFocus(page, NOT_THE_PAGE);
    }
  });

  it('buttons that a run disables keep it', async () => {
    const page = await openLenet();
    await button(page, 'Train').focus();
    await page.keyboard.press('Enter');
    await shows(status(page), /epoch 1/, 60_000);
    await expectFocus(page, 'button Train');
    await button(page, 'Pause').focus();
    await page.keyboard.press('Enter');
    await shows(status(page), /^Paused/, 60_000);
    await expectFocus(page, /^button (Pause|Resume)/);
    await button(page, 'Stop').focus();
    await page.keyboard.press('Enter');
    await shows(status(page), /^Stopped/, 60_000);
    await expectFocus(page, 'button Stop');
  });

  it('what is clicked beside everything takes it away, and nothing brings it back', async () => {
    const page = await openLenet();
    await button(page, 'Redo').evaluate((element) => element.removeAttribute('disabled'));
    await settings(page).getByRole('button', { name: 'Compare with…' }).focus();
    await page.getByRole('tabpanel').getByText('No problems').click();
    await page.waitForTimeout(200);
    expect(await focused(page)).not.toMatch(/Compare with/);
    await palette(page, 'CONV').click();
    await expectFocus(page, 'button CONV');
  });
});

describe('on the canvas', () => {
  it('Enter on the layer that is selected leads into its settings, and Escape back', async () => {
    const page = await openLenet();
    await focusNode(page, 'CONV conv2');
    await page.keyboard.press('Enter');
    await shows(settings(page), 'Filters (K)');
    await expectFocus(page, 'group CONV conv2');
    await page.keyboard.press('Enter');
    await expectFocus(page, /Name$/);
    await page.keyboard.press('Tab');
    await page.keyboard.type('20');
    await shows(node(page, 'CONV conv2'), '10×10×20');
    await page.keyboard.press('Escape');
    await expectFocus(page, 'group CONV conv2');
    await shows(settings(page), 'Filters (K)');
  });
});
