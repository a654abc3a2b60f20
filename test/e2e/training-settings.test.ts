/** What can be set for training, on the page: recipes, sections, previews, class folders, blocks, the pattern. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { readModel } from '#core/onnx/decode.ts';
import { parseDesign } from '#core/project/design-file.ts';
import { TRAINING_FIELDS } from '#core/training/settings.ts';
import { writeTwoClasses } from '../picture-folders.ts';
import { temporaryFolder } from '../temporary.ts';
import { openPage, startServer, withBrowser } from './app.ts';
import { button, canvas, choose, node, palette, pixels, settings, shows, status, tab } from './page.ts';

withBrowser();

async function openTraining(template: RegExp = /^LeNet-5/) {
  const server = await startServer();
  const { page } = await openPage(server.url);
  await choose(page, template);
  await tab(page, 'Training').click();
  return { page, server };
}

const section = (page: Page, name: string) => page.getByRole('tabpanel').locator('summary', { hasText: name });
const field = (page: Page, label: string) => page.getByRole('tabpanel').getByLabel(label, { exact: true });

describe('the Train panel', () => {
  it('has a control for every setting that matters with the choices made', async () => {
    const { page } = await openTraining();
    for (const name of ['Regularisation', 'Stopping', 'Augmentation']) await section(page, name).click();
    const shown = async (label: string) => (await field(page, label).count()) > 0;
    const labels = Object.values(TRAINING_FIELDS).map(({ label }) => label);
    const seen = new Set<string>();
    for (const [optimizer, schedule] of [
      ['sgd', 'constant'],
      ['rmsprop', 'step'],
      ['adamw', 'plateau'],
    ] as const) {
      await field(page, 'Optimizer').selectOption(optimizer);
      await field(page, 'Schedule').selectOption(schedule);
      for (const label of labels) if (await shown(label)) seen.add(label);
    }
    expect([...seen].sort()).toEqual([...new Set(labels)].sort());
  });

  it('a recipe sets them at once, can be undone, and trains', async () => {
    const { page } = await openTraining();
    await field(page, 'Recipe').selectOption('digits');
    expect(await field(page, 'Optimizer').inputValue()).toBe('adamw');
    expect(await field(page, 'Schedule').inputValue()).toBe('oneCycle');
    await shows(section(page, 'Augmentation'), '3 set');
    await button(page, 'Undo').click();
    expect(await field(page, 'Optimizer').inputValue()).toBe('sgd');
    await field(page, 'Recipe').selectOption('resnet');
    await node(page, 'BATCH NORM bn2').waitFor();
    expect(await field(page, 'Batch size').inputValue()).toBe('256');
    await field(page, 'Epochs').fill('1');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished/, 60_000);
  });

  it('shows on real pictures what augmentation does', async () => {
    const { page } = await openTraining();
    await section(page, 'Augmentation').click();
    const figure = page.getByRole('figure', { name: 'Augmented pictures' });
    await figure.waitFor();
    const [original, plain] = [await pixels(page, 'As it is, picture 1'), await pixels(page, 'Epoch 1, picture 1')];
    expect(plain).toBe(original);
    await field(page, 'Rotation (°)').fill('90');
    await expect.poll(() => pixels(page, 'Epoch 1, picture 1')).not.toBe(original);
    expect(await pixels(page, 'Epoch 2, picture 1')).not.toBe(await pixels(page, 'Epoch 1, picture 1'));
    expect(await pixels(page, 'As it is, picture 1')).toBe(original);
    await button(page, 'Other pictures').click();
    await page.getByRole('img', { name: 'As it is, picture 6', exact: true }).waitFor();
  });

  it('says why a run ended early', async () => {
    const { page } = await openTraining();
    await section(page, 'Stopping').click();
    await field(page, 'Early stop').fill('1');
    await field(page, 'Epochs').fill('200');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished.*Ended early: the validation loss has not fallen for 1 epochs/, 90_000);
  });
});

describe('a folder of pictures', () => {
  it('is added by its path, read with its size, and brought to another', async () => {
    const root = temporaryFolder();
    writeTwoClasses(root, 20, 30);
    const { page } = await openTraining(/convnetjs-cifar10/);
    await page.getByLabel('Data set').selectOption('add');
    await page.getByLabel('Folder on this computer').fill(root);
    await button(page, 'Add').click();
    await shows(page.getByRole('tabpanel'), '54 images to train on, 6 held back; 20×20×3, 2 classes.');
    await page.getByLabel('Picture size').fill('32');
    await button(page, 'Resize').click();
    await shows(page.getByRole('tabpanel'), '32×32×3, 2 classes.');
    await field(page, 'Epochs').fill('2');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished/, 60_000);
  });
});

describe('a layer', () => {
  it('is frozen, learns at a rate of its own, and begins with the weights that are chosen', async () => {
    const { page } = await openTraining();
    await node(page, 'CONV conv1').click();
    await settings(page).getByLabel('First weights').selectOption('orthogonal');
    await settings(page).getByLabel('Orthogonal gain').fill('1.4');
    expect(await settings(page).getByLabel('Uniform limit').count()).toBe(0);
    await settings(page).locator('summary', { hasText: 'Learning' }).click();
    await settings(page).getByLabel('Trainable').uncheck();
    await settings(page).getByLabel('Bias rate ×').fill('2');
    await shows(settings(page).locator('summary', { hasText: 'Learning' }), '2 set');
    const download = page.waitForEvent('download');
    await button(page, 'Export ONNX').click();
    await button(page, 'Export first weights').click();
    const path = await (await download).path();
    const kept = parseDesign(readModel(readFileSync(path)).metadata.get('convcanvas.design')!);
    expect(kept.network.layers.get('conv1')!.fields).toMatchObject({
      initializer: 'orthogonal',
      initializerGain: 1.4,
      trainable: false,
      biasLearningRateMultiplier: 2,
    });
  });
});

describe('a block', () => {
  it('is made of selected layers, placed again, trained and taken apart', async () => {
    const { page } = await openTraining();
    await node(page, 'CONV conv2').click();
    for (const name of ['RELU relu2', 'MAX POOL pool2']) await node(page, name).click({ modifiers: ['ControlOrMeta'] });
    await settings(page).getByLabel('Make a block of them, called').fill('round');
    await button(page, 'Make a block').click();
    await shows(node(page, 'BLOCK block1'), '5×5×16');
    await shows(settings(page), 'round, placed once');
    await tab(page, 'Ledger').click();
    await shows(page.getByRole('tabpanel'), 'block1/conv2');
    await tab(page, 'Training').click();
    await field(page, 'Epochs').fill('1');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished/, 60_000);
    await palette(page, 'round').click();
    await node(page, 'BLOCK block2').waitFor();
    await shows(settings(page), 'round, placed 2 times');
    await page.keyboard.press('Delete');

    // Other layers under the same name: what was placed stays what it is, unless its user replaces it.
    await node(page, 'CONV conv1').click();
    await node(page, 'RELU relu1').click({ modifiers: ['ControlOrMeta'] });
    await settings(page).getByLabel('Make a block of them, called').fill('round');
    await shows(settings(page), 'There is a block called round, placed once. It stays what it is');
    await button(page, 'Replace round everywhere').waitFor();
    await button(page, 'Make a block called round 2').click();
    await node(page, 'BLOCK block2').waitFor();
    await shows(settings(page), 'round 2, placed once');
    await shows(node(page, 'BLOCK block1'), '5×5×16');
    await button(page, 'Take apart').click();
    await button(page, 'Forget the block round 2').click();

    await node(page, 'BLOCK block1').click();
    await button(page, 'Take apart').click();
    await node(page, 'CONV conv2').waitFor();
    await button(page, 'Forget the block round').click();
    expect(await palette(page, 'round').count()).toBe(0);
  });
});

describe('the pattern', () => {
  it('makes a network of N, M and K', async () => {
    const { page } = await openPage((await startServer()).url);
    await page.getByRole('button', { name: /^Pattern/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('N: CONVs a round').fill('1');
    await dialog.getByLabel('M: rounds').fill('2');
    await shows(dialog, '[(CONV-RELU)*1-POOL]*2-(FC-RELU)*1-SOFTMAX');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await canvas(page).waitFor();
    await node(page, 'CONV conv2').waitFor();
    expect(await node(page, 'CONV conv3').count()).toBe(0);
  });
});
