/** The whole path, as a newcomer goes it: draw LeNet-5, train it, watch it, export it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { readModel } from '#core/onnx/decode.ts';
import { InferenceSession, Tensor } from '#main/training/onnx-runtime.ts';
import { temporaryFolder } from '../temporary.ts';
import { openPage, startServer, withBrowser } from './app.ts';
import {
  button,
  choose,
  connect,
  dragLayer,
  node,
  palette,
  pixels,
  setField,
  settings,
  shows,
  status,
  tab,
  tabTo,
} from './page.ts';

withBrowser();

/** LeNet-5's layers as the palette calls them, with what is not a default, and the volume each must show. */
const LENET: readonly {
  readonly label: string;
  readonly name: string;
  readonly fields?: Readonly<Record<string, number>>;
  readonly volume: string;
}[] = [
  { label: 'INPUT', name: 'input', volume: '28×28×1' },
  {
    label: 'CONV',
    name: 'conv1',
    fields: { 'Filters (K)': 6, 'Kernel size (F)': 5, 'Padding (P)': 2 },
    volume: '28×28×6',
  },
  { label: 'RELU', name: 'relu1', volume: '28×28×6' },
  { label: 'MAX POOL', name: 'pool1', volume: '14×14×6' },
  {
    label: 'CONV',
    name: 'conv2',
    fields: { 'Filters (K)': 16, 'Kernel size (F)': 5, 'Padding (P)': 0 },
    volume: '10×10×16',
  },
  { label: 'RELU', name: 'relu2', volume: '10×10×16' },
  { label: 'MAX POOL', name: 'pool2', volume: '5×5×16' },
  { label: 'FLATTEN', name: 'flatten1', volume: '400' },
  { label: 'FC', name: 'fc1', fields: { Units: 120 }, volume: '120' },
  { label: 'RELU', name: 'relu3', volume: '120' },
  { label: 'FC', name: 'fc2', fields: { Units: 84 }, volume: '84' },
  { label: 'RELU', name: 'relu4', volume: '84' },
  { label: 'FC', name: 'fc3', fields: { Units: 10 }, volume: '10' },
  { label: 'SOFTMAX', name: 'softmax1', volume: '10' },
];

/** Trains what is drawn, watches it learn, exports it and loads the file in ONNX Runtime. */
async function trainWatchExport(page: Page, press: (name: string) => Promise<void>): Promise<void> {
  await press('Train');
  await shows(status(page), /^Training/);
  await page.getByRole('figure', { name: 'Loss curve' }).waitFor();
  await page.getByRole('figure', { name: 'Accuracy curve' }).waitFor();
  await tab(page, 'Filters').click();
  await page.getByRole('img', { name: 'conv1 filter 3', exact: true }).waitFor();
  const early = await pixels(page, 'conv1 filter 3');
  await shows(status(page), /^Finished/, 90_000);
  expect(await pixels(page, 'conv1 filter 3')).not.toBe(early);

  await tab(page, 'Training').click();
  const curve = page.getByRole('figure', { name: 'Loss curve' });
  const text = (await curve.textContent()) ?? '';
  const [, training] = /training ([\d.]+)/.exec(text) ?? [];
  // Ten classes guessed at random give ln 10 = 2.30.
  expect(Number(training)).toBeLessThan(0.5);
  await shows(page.getByRole('figure', { name: 'Accuracy curve' }), /validation 9\d\.\d\d %/);

  const download = page.waitForEvent('download');
  await press('Export ONNX');
  const path = join(temporaryFolder(), 'lenet.onnx');
  await (await download).saveAs(path);
  const receipt = page.getByRole('dialog');
  await shows(receipt, /trained, [\d,]+ steps/);
  const [, difference] = /own output: ([\d.e+-]+) over 8 images/.exec((await receipt.textContent()) ?? '') ?? [];
  expect(Number(difference)).toBeLessThan(1e-4);
  await checkModel(path);
}

async function checkModel(path: string): Promise<void> {
  const model = readModel(readFileSync(path));
  expect([...model.tensors.keys()]).toEqual(
    expect.arrayContaining([
      'conv1.weight',
      'conv1.bias',
      'conv2.weight',
      'fc1.weight',
      'fc2.weight',
      'fc3.weight',
      'fc3.bias',
    ]),
  );
  expect(model.tensors.get('conv2.weight')?.dims).toEqual([16, 6, 5, 5]);
  expect(JSON.parse(model.metadata.get('labels') ?? '[]')).toHaveLength(10);
  const session = await InferenceSession.create(path);
  try {
    const pixelValues = Float32Array.from({ length: 3 * 784 }, (_, i) => i % 256);
    const results = await session.run({ pixels: new Tensor('float32', pixelValues, [3, 1, 28, 28]) });
    const output = results['probabilities']!;
    expect(output.dims).toEqual([3, 10]);
    const sum = (output.data as Float32Array).reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(3, 3);
  } finally {
    await session.release();
  }
}

describe('LeNet-5, from an empty canvas to an ONNX file', () => {
  it('with the mouse', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url, { width: 1600, height: 1000 });
    await choose(page, /^Blank/);
    for (const [i, { label, name, fields = {} }] of LENET.entries()) {
      await dragLayer(page, label, 130 + (i % 5) * 215, 70 + Math.floor(i / 5) * 130);
      await node(page, `${label} ${name}`).waitFor();
      for (const [field, value] of Object.entries(fields)) await setField(page, field, value);
    }
    for (const [i, { label, name }] of LENET.entries()) {
      const next = LENET[i + 1];
      if (next !== undefined) await connect(page, `${label} ${name}`, `${next.label} ${next.name}`);
    }
    for (const { label, name, volume } of LENET) await shows(node(page, `${label} ${name}`), volume);
    await shows(page.getByRole('tabpanel'), 'No problems');
    await trainWatchExport(page, (name) => button(page, name).click());
  });

  it('with the keyboard alone', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url, { width: 1600, height: 1000 });
    await tabTo(page, page.getByRole('button', { name: /^Blank/ }));
    await page.keyboard.press('Enter');
    for (const { label, name, fields = {}, volume } of LENET) {
      await tabTo(page, palette(page, label));
      await page.keyboard.press('Enter');
      await node(page, `${label} ${name}`).waitFor();
      for (const [field, value] of Object.entries(fields)) {
        await tabTo(page, settings(page).getByLabel(field, { exact: true }));
        await page.keyboard.press('ControlOrMeta+a');
        await page.keyboard.type(String(value));
      }
      await shows(node(page, `${label} ${name}`), volume);
    }
    await trainWatchExport(page, async (name) => {
      await tabTo(page, button(page, name), 'Shift+Tab');
      await page.keyboard.press('Enter');
    });
  });
});
