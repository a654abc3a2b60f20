/** What stands between a network and its training is a problem with a fix, before Train is pressed. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { writeTwoClasses } from '../picture-folders.ts';
import { temporaryFolder } from '../temporary.ts';
import { openPage, startServer, withBrowser } from './app.ts';
import { button, choose, node, palette, shows, status, tab } from './page.ts';

withBrowser();

const problems = (page: Page) => page.getByRole('tabpanel');

it('a network without a classifier: what is missing is added with one click', async () => {
  const { page } = await openPage((await startServer()).url);
  await choose(page, /^Blank/);
  await palette(page, 'INPUT').click();
  await palette(page, 'CONV').click();
  await shows(problems(page), 'The network ends with a volume of');
  expect(await button(page, 'Train').isDisabled()).toBe(true);
  await shows(status(page), 'To be trained it needs a vector with one score for each class');
  await button(page, 'Add FLATTEN, FC with 10 units, SOFTMAX').click();
  await node(page, 'SOFTMAX softmax1').waitFor();
  await shows(problems(page), 'No problems');
  await shows(status(page), 'Ready to train');
  await button(page, 'Train').click();
  await shows(status(page), /^Training/);
});

it('outputs that are not the classes of the data set that was chosen', async () => {
  const folder = temporaryFolder();
  writeTwoClasses(folder, 32, 30);
  const { page } = await openPage((await startServer()).url);
  await choose(page, /convnetjs-cifar10/);
  await tab(page, 'Training').click();
  await page.getByLabel('Data set').selectOption('add');
  await page.getByLabel('Folder on this computer').fill(folder);
  await button(page, 'Add').click();
  await shows(problems(page), '32×32×3, 2 classes.');
  await tab(page, 'Problems').click();
  await shows(
    problems(page),
    /has 2 classes; the network ends with 10 outputs \(softmax1\): 8 of them stand for no class/,
  );
  await shows(problems(page), 'Nothing stops training, but something else may be meant');
  await button(page, 'Give fc1 2 units').click();
  await shows(problems(page), 'No problems');
});

it('images of another size than INPUT: said where the data set is chosen, and the curves stay', async () => {
  const folder = temporaryFolder();
  writeTwoClasses(folder, 32, 30);
  const { page } = await openPage((await startServer()).url);
  await choose(page, /^LeNet-5/);
  await tab(page, 'Training').click();
  await page.getByLabel('Epochs', { exact: true }).fill('1');
  await button(page, 'Train').click();
  await shows(status(page), /^Finished/, 60_000);
  await page.getByLabel('Data set').selectOption('add');
  await page.getByLabel('Folder on this computer').fill(folder);
  await button(page, 'Add').click();
  await shows(problems(page), /INPUT takes images of 28×28×1; those of .* are 32×32×3/);
  expect(await button(page, 'Train').isDisabled()).toBe(true);
  await shows(status(page), /^Finished.*cannot train now: INPUT takes images of 28×28×1/);
  await shows(page.getByRole('figure', { name: 'Loss curve' }), /training 0\.\d+/);
  await button(page, 'Set INPUT to 32×32×3').click();
  await shows(node(page, 'INPUT input'), '32×32×3');
});
