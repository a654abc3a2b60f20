/** Runs: each page shows all of a run, of its own design, on the data that it was trained on. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { writeTwoClasses } from '../picture-folders.ts';
import { temporaryFolder } from '../temporary.ts';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { button, canvas, cardOf, choose, openRecent, shows, status, tab } from './page.ts';

withBrowser();

const dialog = (page: Page) => page.getByRole('dialog');
const epochs = (page: Page) => page.getByLabel('Epochs', { exact: true });

/** The curve as it is drawn. */
async function drawn(page: Page): Promise<string> {
  await page.mouse.move(0, 0);
  return page
    .getByRole('figure', { name: 'Loss curve' })
    .locator('canvas')
    .first()
    .evaluate((one) => (one as HTMLCanvasElement).toDataURL());
}

it('a page that is loaded anew, and a second one, show the whole curve', async () => {
  const { url } = await startServer();
  const { page } = await openPage(url);
  await choose(page, /^LeNet-5/);
  await tab(page, 'Training').click();
  await epochs(page).fill('6');
  await button(page, 'Train').click();
  await shows(status(page), /epoch 2 of 6/, 60_000);
  const { page: second } = await openPage(url);
  await openRecent(second, 'LeNet-5');
  await tab(second, 'Training').click();
  await shows(status(second), /epoch \d of 6/);
  await page.reload();
  await canvas(page).waitFor();
  await tab(page, 'Training').click();
  await shows(status(page), /^Finished/, 120_000);
  await shows(status(second), /^Finished/, 10_000);
  await shows(page.getByRole('tabpanel'), 'Step 1500 of 1500');
  const curve = await drawn(page);
  expect(await drawn(second)).toBe(curve);
  await page.reload();
  await canvas(page).waitFor();
  await tab(page, 'Training').click();
  await shows(page.getByRole('tabpanel'), 'Step 1500 of 1500');
  await expect.poll(() => drawn(page)).toBe(curve);
});

it('the data set belongs to the design, and what is shown of a run to the run', async () => {
  const home = temporaryFolder();
  const folder = temporaryFolder();
  writeTwoClasses(folder, 32, 30);
  const server = await startServer(home);
  const { page, context } = await openPage(server.url);
  await choose(page, /convnetjs-cifar10/);
  await tab(page, 'Training').click();
  await page.getByLabel('Data set').selectOption('add');
  await page.getByLabel('Folder on this computer').fill(folder);
  await button(page, 'Add').click();
  await shows(page.getByRole('tabpanel'), '32×32×3, 2 classes.');
  await epochs(page).fill('2');
  await button(page, 'Train').click();
  await shows(status(page), /^Finished/, 60_000);
  // Another choice for the next run leaves the images of this one alone.
  await page.getByLabel('Data set').selectOption({ label: 'Built-in digits' });
  await tab(page, 'Activations').click();
  await shows(page.getByRole('tabpanel'), /True class (dark|bright)/);
  await tab(page, 'Training').click();
  await page.keyboard.press('Control+z');
  await shows(page.getByRole('tabpanel'), '32×32×3, 2 classes.');
  // Another design has a choice of its own.
  await button(page, 'Templates').click();
  await choose(page, /^LeNet-5/);
  await tab(page, 'Training').click();
  expect(await page.getByLabel('Data set').inputValue()).toBe('digits');
  await context.close();
  await server.stop();

  const { page: later } = await openPage((await startServer(home)).url);
  await openRecent(later, 'convnetjs');
  await tab(later, 'Training').click();
  await shows(later.getByRole('tabpanel'), '32×32×3, 2 classes.');
  expect(await button(later, 'Set INPUT to 28×28×1').count()).toBe(0);
  await tab(later, 'Activations').click();
  await later.getByRole('img', { name: /^picture 1, (dark|bright)/ }).waitFor();
  await shows(later.getByRole('tabpanel'), 'This one ended earlier. Press Train to start a new one.');
});

it('another design’s run waits for its turn, and is not taken for that of the design that is shown', async () => {
  const { page } = await openPage((await startServer()).url);
  await choose(page, /^LeNet-5/);
  await tab(page, 'Training').click();
  await epochs(page).fill('300');
  await button(page, 'Train').click();
  await shows(status(page), /epoch \d+ of 300/, 60_000);
  await button(page, 'Templates').click();
  await choose(page, cardOf('convnetjs-cifar10'));
  await button(page, 'Set INPUT to 28×28×1').click();
  await shows(status(page), /^Ready to train · LeNet-5: training/);
  await epochs(page).fill('1');
  await button(page, 'Train').click();
  await shows(status(page), /^Waiting for its turn/);
  await button(page, 'Templates').click();
  await openRecent(page, 'LeNet-5');
  await shows(status(page), /^Training, epoch/);
  await button(page, 'Stop').click();
  await shows(status(page), /^Stopped/);
  await button(page, 'Templates').click();
  await openRecent(page, 'convnetjs');
  await shows(status(page), /^Finished/, 60_000);
});

it('are listed with their size, and deleted when their user says so', async () => {
  const server = await startServer();
  const { page } = await openPage(server.url);
  await choose(page, /^LeNet-5/);
  await tab(page, 'Training').click();
  await epochs(page).fill('1');
  for (const turn of [1, 2]) {
    await button(page, 'Train').click();
    await shows(page.getByRole('tabpanel'), `${turn} kept`);
    await shows(status(page), /^Finished/, 60_000);
  }
  await button(page, 'Runs…').click();
  const rows = dialog(page).locator('tbody tr');
  expect(await rows.count()).toBe(2);
  await shows(rows.first(), /^LeNet-5Built-in digits.*Finished250.*%\d+\.\d\d MB/);
  await shows(dialog(page), /2 runs, \d+\.\d\d MB on disk/);
  await keepScreenshot(page, 'runs');
  // The one before can be looked at.
  await rows
    .nth(1)
    .getByRole('button', { name: /^Show LeNet-5/ })
    .click();
  await expect.poll(() => rows.nth(1).getAttribute('data-shown')).toBe('true');
  const runs = () => readdirSync(join(server.home, 'state', 'runs'));
  expect(runs()).toHaveLength(2);
  await rows
    .first()
    .getByRole('button', { name: /^Delete LeNet-5/ })
    .click();
  expect(runs()).toHaveLength(2);
  await button(page, 'Delete for good').click();
  await expect.poll(() => rows.count()).toBe(1);
  expect(runs()).toHaveLength(1);
  await page.keyboard.press('Escape');
  await shows(page.getByRole('figure', { name: 'Loss curve' }), /training 0\.\d+/);
});
