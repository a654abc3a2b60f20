/** Drawing and changing a network, and what happens to the file. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { temporaryFolder } from '../temporary.ts';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import {
  button,
  canvas,
  cardOf,
  choose,
  connect,
  dragLayer,
  node,
  palette,
  setField,
  settings,
  shows,
  status,
  tab,
} from './page.ts';

withBrowser();

const LENET = /^LeNet-5/;
const designs = (home: string) => join(home, 'designs');

/** Waits until a design's file holds a text. */
async function onDisk(home: string, name: string, text: string): Promise<void> {
  const path = join(designs(home), name);
  for (let i = 0; i < 100; i++) {
    if (existsSync(path) && readFileSync(path, 'utf8').includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect.fail(`${name} does not hold ${text}: ${existsSync(path) ? readFileSync(path, 'utf8') : 'no such file'}`);
}

describe('the canvas', () => {
  it('shows every volume change while typing, and only then', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, LENET);
    await node(page, 'CONV conv2').click();
    await setField(page, 'Filters (K)', 20);
    await shows(node(page, 'CONV conv2'), '10×10×20');
    await shows(node(page, 'FLATTEN flatten1'), '500');
    await setField(page, 'Kernel size (F)', 3);
    await shows(node(page, 'MAX POOL pool2'), '6×6×20');
    await shows(settings(page), '(14 − 3 + 2·0)/1 + 1 = 12');
  });

  it('shows a problem on the node, in plain words, with its fixes one click away', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, LENET);
    await node(page, 'CONV conv2').click();
    await setField(page, 'Kernel size (F)', 20);
    const troubled = node(page, 'CONV conv2');
    await shows(troubled, "The window doesn't fit: it reaches over 20 pixels, the padded input has 14");
    await shows(node(page, 'RELU relu2'), 'waits for conv2');
    expect(await button(page, 'Train').isDisabled()).toBe(true);
    // With F = 14 it would fit, and pool2 would have nothing to halve.
    const offered = troubled.getByRole('button', { name: /^Set kernel size F/ });
    expect(await offered.allTextContents()).toEqual(['Set kernel size F to 13']);
    await offered.click();
    await shows(troubled, '2×2×16');
    await setField(page, 'Kernel size (F)', 5);
    expect(await button(page, 'Train').isDisabled()).toBe(false);
  });

  it('offers to insert FLATTEN where FC stands on a volume', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^Blank/);
    for (const label of ['INPUT', 'CONV', 'FC']) await palette(page, label).click();
    await shows(node(page, 'FC fc1'), 'FC needs a vector; put a FLATTEN before it (got 28×28×16)');
    await node(page, 'FC fc1').getByRole('button', { name: 'Insert FLATTEN' }).click();
    await node(page, 'FLATTEN flatten1').waitFor();
    await shows(page.getByRole('tabpanel'), 'No problems');
  });

  it('undoes and redoes; typing a number is one step', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, LENET);
    expect(await button(page, 'Undo').isDisabled()).toBe(true);
    await node(page, 'CONV conv1').click();
    await settings(page).getByLabel('Filters (K)', { exact: true }).focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('123');
    await shows(node(page, 'CONV conv1'), '28×28×123');
    await button(page, 'Undo').click();
    await shows(node(page, 'CONV conv1'), '28×28×6');
    await button(page, 'Redo').click();
    await shows(node(page, 'CONV conv1'), '28×28×123');
    await page.keyboard.press('ControlOrMeta+z');
    await shows(node(page, 'CONV conv1'), '28×28×6');
  });

  it('deletes, duplicates, copies and pastes', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^Blank/);
    for (const label of ['INPUT', 'CONV', 'RELU']) await palette(page, label).click();
    await node(page, 'RELU relu1').click();
    await page.keyboard.press('Delete');
    await node(page, 'RELU relu1').waitFor({ state: 'detached' });
    await node(page, 'CONV conv1').click();
    await setField(page, 'Filters (K)', 9);
    await node(page, 'CONV conv1').click();
    await page.keyboard.press('ControlOrMeta+c');
    await page.keyboard.press('ControlOrMeta+v');
    await node(page, 'CONV conv2').waitFor();
    expect(await settings(page).getByLabel('Filters (K)', { exact: true }).inputValue()).toBe('9');
    await button(page, 'Duplicate').click();
    await node(page, 'CONV conv3').waitFor();
    await button(page, 'Undo').click();
    await node(page, 'CONV conv3').waitFor({ state: 'detached' });
  });

  it('drags a layer to another place, and keeps that place', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    await choose(page, /^Blank/);
    await dragLayer(page, 'CONV', 200, 120);
    const before = await node(page, 'CONV conv1').boundingBox();
    await page.mouse.move(before!.x + 60, before!.y + 10);
    await page.mouse.down();
    await page.mouse.move(before!.x + 220, before!.y + 150, { steps: 6 });
    await page.mouse.up();
    const after = await node(page, 'CONV conv1').boundingBox();
    expect(after!.x - before!.x).toBeGreaterThan(120);
    await onDisk(server.home, 'Untitled.convcanvas', '"kind": "Conv2D"');
    await page.reload();
    await node(page, 'CONV conv1').waitFor();
  });

  it('connects by dragging, replaces what fed a layer, and cuts a connection', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^Blank/);
    await dragLayer(page, 'INPUT', 120, 60);
    await dragLayer(page, 'CONV', 400, 60);
    await dragLayer(page, 'CONV', 400, 200);
    await shows(node(page, 'CONV conv1'), 'not connected');
    await connect(page, 'INPUT input', 'CONV conv1');
    await shows(node(page, 'CONV conv1'), '28×28×16');
    await connect(page, 'INPUT input', 'CONV conv2');
    await connect(page, 'CONV conv1', 'CONV conv2');
    await node(page, 'CONV conv2').click();
    await button(page, 'Cut the connection from conv1').click();
    await shows(node(page, 'CONV conv2'), 'not connected');
  });

  it('draws a residual block: two branches selected, then ADD', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^Blank/);
    for (const label of ['INPUT', 'CONV', 'RELU', 'CONV']) await palette(page, label).click();
    await node(page, 'CONV conv1').click();
    await node(page, 'CONV conv2').click({ modifiers: ['Shift'] });
    await shows(settings(page), '2 layers selected');
    await palette(page, 'ADD').click();
    await shows(node(page, 'ADD add1'), '28×28×16');
    await shows(settings(page), 'Fed by, in this order');
  });

  it('calls off a drag from the palette with Escape, and one that ends beside the canvas', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^Blank/);
    const box = (await palette(page, 'CONV').boundingBox())!;
    await page.mouse.move(box.x + 20, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(500, 200, { steps: 4 });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await dragLayer(page, 'CONV', -100, 120);
    await page.waitForTimeout(200);
    expect(await canvas(page).getByRole('group', { name: /^CONV/ }).count()).toBe(0);
  });

  it('opens every template without a problem', async () => {
    const { page } = await openPage((await startServer()).url);
    for (const { id } of TEMPLATES) {
      await choose(page, cardOf(id));
      await shows(page.getByRole('tabpanel'), 'No problems');
      await button(page, 'Templates').click();
    }
  });
});

describe('the ledger', () => {
  it('adds up what the lectures add up', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, cardOf('vgg16'));
    await tab(page, 'Ledger').click();
    const total = page.getByRole('row', { name: /^Total/ });
    await shows(total, '138,357,544');
    await shows(total, '15,470,264,320');
    await shows(total, '60.95 MB an image');
    await shows(page.getByRole('row', { name: /^conv13/ }), '196×196');
  });

  it('says what training will take, and the largest batch that fits', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, LENET);
    await tab(page, 'Ledger').click();
    const note = page.getByTestId('training-memory');
    await shows(note, /Training a batch of \d+ will take about [\d.]+ MB at its largest/);
    await shows(note, /This machine's [\d.]+ [GT]B would do for a batch of [\d,]+\./);
  });
});

describe('a design and its file', () => {
  it('has none before it is changed, then saves itself; a reload shows it again', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    await choose(page, LENET);
    await page.waitForTimeout(700);
    expect(existsSync(designs(server.home))).toBe(false);
    await node(page, 'CONV conv1').click();
    await setField(page, 'Filters (K)', 7);
    await onDisk(server.home, 'LeNet-5.convcanvas', '"filters": 7');
    // The file is there a moment before the page hears of it.
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.reload();
    await shows(node(page, 'CONV conv1'), '28×28×7');
    await page.getByLabel('Name of the design').fill('My digits');
    await onDisk(server.home, 'LeNet-5.convcanvas', '"name": "My digits"');
    await button(page, 'Templates').click();
    await page.getByRole('button', { name: /^My digits/ }).click();
    await shows(node(page, 'CONV conv1'), '28×28×7');
  });

  it('is saved when its window is closed right after a change', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    await choose(page, LENET);
    await node(page, 'CONV conv1').click();
    await setField(page, 'Filters (K)', 8);
    await onDisk(server.home, 'LeNet-5.convcanvas', '"filters": 8');
    await setField(page, 'Filters (K)', 11);
    await page.close({ runBeforeUnload: false });
    await onDisk(server.home, 'LeNet-5.convcanvas', '"filters": 11');
  });

  it('survives the end of the server: what was saved is there after a restart', async () => {
    const home = temporaryFolder();
    const first = await startServer(home);
    const { page, context } = await openPage(first.url);
    await choose(page, LENET);
    await node(page, 'CONV conv1').click();
    await setField(page, 'Filters (K)', 12);
    await onDisk(home, 'LeNet-5.convcanvas', '"filters": 12');
    first.process.kill('SIGKILL');
    await shows(page.getByRole('alertdialog'), 'The connection is gone');
    await context.close();
    const { page: again } = await openPage((await startServer(home)).url);
    await again.getByRole('button', { name: /^LeNet-5.*LeNet-5\.convcanvas/ }).click();
    await shows(node(again, 'CONV conv1'), '28×28×12');
  });

  it('in two windows: neither overwrites the other', async () => {
    const server = await startServer();
    const { page: first } = await openPage(server.url);
    await choose(first, LENET);
    await node(first, 'CONV conv1').click();
    await setField(first, 'Filters (K)', 7);
    await onDisk(server.home, 'LeNet-5.convcanvas', '"filters": 7');
    const { page: second } = await openPage(server.url);
    await second.getByRole('button', { name: /LeNet-5\.convcanvas/ }).click();
    await node(second, 'CONV conv1').click();
    await setField(second, 'Filters (K)', 9);
    await onDisk(server.home, 'LeNet-5.convcanvas', '"filters": 9');
    await setField(first, 'Filters (K)', 8);
    await shows(first.getByRole('alert'), 'was changed by another window');
    await onDisk(server.home, 'LeNet-5 2.convcanvas', '"filters": 8');
    await onDisk(server.home, 'LeNet-5.convcanvas', '"filters": 9');
  });

  it('can be opened from a file; one with a missing field says which, and nothing is lost', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    await choose(page, LENET);
    const folder = temporaryFolder();
    const good = formatDesign(findTemplate('convnetjs-cifar10')!.create());
    const bad = good.replace('"filters": 16, ', '');
    writeFileSync(join(folder, 'good.convcanvas'), good);
    writeFileSync(join(folder, 'bad.convcanvas'), bad);
    const open = async (name: string) => {
      await button(page, 'Templates').click();
      const chooser = page.waitForEvent('filechooser');
      await button(page, 'Open a file…').click();
      await (await chooser).setFiles(join(folder, name));
    };
    await open('bad.convcanvas');
    await shows(
      page.getByRole('alert'),
      'layers[1].fields.filters: is missing; it needs a whole number from 1 to 65536',
    );
    await button(page, 'Back to the canvas').click();
    await node(page, 'CONV conv1').waitFor();
    expect(readFileSync(join(folder, 'bad.convcanvas'), 'utf8')).toBe(bad);
    await button(page, 'Close this notice').click();
    await open('good.convcanvas');
    await shows(node(page, 'INPUT input'), '32×32×3');
    expect(readdirSync(designs(server.home))).toEqual(['ConvNetJS CIFAR-10.convcanvas']);
  });
});

describe('training settings', () => {
  it('shows what the optimizer and the schedule read, and draws the learning rate', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, LENET);
    await tab(page, 'Training').click();
    const field = (name: string) => page.getByRole('tabpanel').getByLabel(name, { exact: true });
    expect(await field('Momentum').count()).toBe(1);
    expect(await field('Beta 1').count()).toBe(0);
    await field('Optimizer').selectOption({ label: 'Adam' });
    await field('Beta 2').fill('0.99');
    expect(await field('Momentum').count()).toBe(0);
    const preview = page.getByRole('figure', { name: 'Learning rate over the run' });
    await preview.waitFor(); // LeNet-5 has a schedule from the beginning
    await field('Schedule').selectOption('constant');
    expect(await preview.count()).toBe(0);
    await field('Schedule').selectOption('step');
    await field('Every').fill('2');
    await field('Factor').fill('0.5');
    await field('Learning rate').fill('0.002');
    await preview.getByRole('img', { name: 'Learning rate from 0.002 over 0.002 to 0.0005' }).waitFor();
    await field('Schedule').selectOption('oneCycle');
    expect(await field('Factor').count()).toBe(0);
    await preview.getByRole('img', { name: 'Learning rate from 0.00008 over 0.002 to 8e-9' }).waitFor();
    await keepScreenshot(page, 'training-settings');
    await field('Epochs').fill('1');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished/, 60_000);
  });
});
