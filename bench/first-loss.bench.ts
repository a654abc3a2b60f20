import type { Page } from 'playwright-core';
import { writeTwoClasses } from '../test/picture-folders.ts';
import { withAddress, withBrowser, withFolder } from './app.ts';
import { report } from './report.ts';

export const title =
  'from pressing Train to the first loss in the page (wanted: under 1 s for LeNet-5, 5 s for AlexNet)';

const TURNS = 5;

/** Presses Train and waits until a loss is drawn; then stops. */
async function train(page: Page): Promise<number> {
  const milliseconds = await page.evaluate(async () => {
    const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Train');
    const begin = performance.now();
    button?.click();
    const progress = () => document.querySelector('[aria-label="Training progress"]')?.parentElement;
    const shown = () => /loss [\d.]+/.test(progress()?.textContent ?? '');
    while (!shown()) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - begin;
  });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Train', exact: true }).waitFor();
  return milliseconds;
}

export async function run(): Promise<void> {
  await withBrowser((browser) =>
    withFolder(async (folder) => {
      writeTwoClasses(folder, 227, 30);
      for (const [name, batch] of [
        [/^LeNet-5/, 64],
        [/^AlexNet/, 8],
      ] as const) {
        const times: number[] = [];
        for (let turn = 0; turn < TURNS; turn++) {
          await withAddress('scripts/start.mjs', ['--port', '0'], async (url) => {
            const page = await (await browser.newContext()).newPage();
            await page.goto(url);
            await page.getByRole('button', { name }).first().click();
            await page.getByRole('tab', { name: 'Training' }).click();
            if (batch === 8) {
              await page.getByLabel('Data set').selectOption('add');
              await page.getByLabel('Folder on this computer').fill(folder);
              await page.getByRole('button', { name: 'Add', exact: true }).click();
            }
            await page.getByText(/images to train on/).waitFor();
            await page.getByLabel('Batch size', { exact: true }).fill(String(batch));
            await page.waitForTimeout(2000); // devices have been tried by then, as they have when somebody looks around first
            times.push(await train(page));
            await page.context().close();
          });
        }
        report(String(name).slice(2, -1), times);
      }
    }),
  );
}
