/** Trained weights belong to a design and its layers: what the user changes decides what an exported file holds. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { readModel } from '#core/onnx/decode.ts';
import { temporaryFolder } from '../temporary.ts';
import { openPage, startServer, withBrowser } from './app.ts';
import { button, cardOf, choose, node, openRecent, setField, settings, shows, status, tab } from './page.ts';

withBrowser();

const dialog = (page: Page) => page.getByRole('dialog');

async function train(page: Page, epochs = 1): Promise<void> {
  await tab(page, 'Training').click();
  await page.getByLabel('Epochs', { exact: true }).fill(String(epochs));
  await button(page, 'Train').click();
  await shows(status(page), /^Finished/, 90_000);
}

/** Presses a button and gives the file that is downloaded then. */
async function exported(page: Page, name = 'Export ONNX') {
  const download = page.waitForEvent('download');
  await button(page, name).click();
  return readModel(readFileSync(await (await download).path()));
}

it('a renamed layer, a moved node and a note keep the trained weights, also after a restart', async () => {
  const home = temporaryFolder();
  const server = await startServer(home);
  const { page, context } = await openPage(server.url);
  await choose(page, /^LeNet-5/);
  await train(page);
  const trained = await exported(page);
  await shows(dialog(page), /trained, 250 steps/);
  await page.keyboard.press('Escape');

  await node(page, 'CONV conv1').click();
  await settings(page).getByLabel('Name', { exact: true }).fill('c1');
  await node(page, 'CONV c1').click();
  await page.keyboard.press('ArrowRight');
  await button(page, 'Add a note').click();
  await page.keyboard.type('What was learned');
  await page.keyboard.press('Escape');
  const renamed = await exported(page);
  await shows(dialog(page), /trained, 250 steps/);
  expect(renamed.tensors.get('c1.weight')).toEqual(trained.tensors.get('conv1.weight'));
  await page.keyboard.press('Escape');
  await page.getByText('Saved', { exact: true }).waitFor();
  await context.close();
  await server.stop();

  const { page: later } = await openPage((await startServer(home)).url);
  await openRecent(later, 'LeNet-5');
  await shows(status(later), /^Finished/);
  const kept = await exported(later);
  await shows(dialog(later), /trained, 250 steps/);
  expect(kept.tensors.get('c1.weight')).toEqual(trained.tensors.get('conv1.weight'));
});

it('a changed layer keeps what fits; the rest is said before the file is written', async () => {
  const { page } = await openPage((await startServer()).url);
  await choose(page, /^LeNet-5/);
  await train(page);
  const trained = await exported(page);
  await page.keyboard.press('Escape');
  await node(page, 'CONV conv2').click();
  await setField(page, 'Filters (K)', 20);

  let downloads = 0;
  page.on('download', () => {
    downloads += 1;
  });
  await button(page, 'Export ONNX').click();
  await shows(dialog(page), 'The network was changed after it was trained');
  await shows(dialog(page), '3 of 5 layers have trained weights (250 steps)');
  await shows(dialog(page).getByRole('row', { name: /^conv2/ }), 'its weight was 16×6×5×5 and is 20×6×5×5 now');
  await shows(dialog(page).getByRole('row', { name: /^fc1/ }), 'its weight was 120×400 and is 120×500 now');
  await shows(dialog(page), 'conv2: Filters (K) was 16, is 20.');
  await button(page, 'Cancel').click();
  await dialog(page).waitFor({ state: 'detached' });
  expect(downloads).toBe(0);

  await button(page, 'Export ONNX').click();
  await dialog(page).waitFor();
  const changed = await exported(page, 'Export all the same');
  await shows(dialog(page), 'first weights, not trained, in conv2, fc1');
  expect(changed.tensors.get('conv1.weight')).toEqual(trained.tensors.get('conv1.weight'));
  expect(changed.tensors.get('fc1.bias')).toEqual(trained.tensors.get('fc1.bias'));
  expect(changed.tensors.get('conv2.weight')?.dims).toEqual([20, 6, 5, 5]);
  await page.keyboard.press('Escape');

  // Undone, all of them fit again.
  await page.keyboard.press('Control+z');
  const undone = await exported(page);
  await shows(dialog(page), /trained, 250 steps/);
  expect(undone.tensors.get('conv2.weight')).toEqual(trained.tensors.get('conv2.weight'));
});

it('a design that was never trained is not exported before its user says so; nor with those of another', async () => {
  const { page } = await openPage((await startServer()).url);
  await choose(page, /^LeNet-5/);
  await train(page);
  await button(page, 'Templates').click();
  await choose(page, cardOf('lenet5'));
  await shows(status(page), 'Ready to train');
  await button(page, 'Export ONNX').click();
  await shows(dialog(page), 'This network has not been trained');
  await exported(page, 'Export first weights');
  await shows(dialog(page), 'first weights, not trained');
});
