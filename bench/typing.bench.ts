import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { withAddress, withBrowser, withFolder } from './app.ts';
import { longNetwork } from './networks.ts';
import { report } from './report.ts';

export const title = 'typing into a field of a design of 200 layers, keystroke to frame drawn (wanted: within 16 ms)';

/** Collects, for every keystroke, the time from the event to the end of the frame that shows it. */
function observe() {
  const times: number[] = [];
  Object.assign(window, { keystrokes: times });
  document.addEventListener(
    'beforeinput',
    ({ timeStamp }) => {
      requestAnimationFrame(() => {
        // A message is handled after the frame whose start this is was drawn.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => times.push(performance.now() - timeStamp);
        port2.postMessage(0);
      });
    },
    { capture: true },
  );
}

async function type(page: Page, count: number): Promise<number[]> {
  await page.evaluate(() => {
    (window as unknown as { keystrokes: number[] }).keystrokes.length = 0;
  });
  const field = page.getByRole('region', { name: 'Layer settings' }).getByLabel('Filters (K)', { exact: true });
  await field.focus();
  await page.keyboard.press('End');
  for (let i = 0; i < count; i++) {
    await page.keyboard.press(i % 2 === 0 ? String(1 + (i % 9)) : 'Backspace');
    await page.waitForTimeout(50);
  }
  return page.evaluate(() => (window as unknown as { keystrokes: number[] }).keystrokes);
}

export async function run(): Promise<void> {
  const design = { name: 'Long', network: longNetwork(200), training: DEFAULT_TRAINING, classLabels: [] };
  await withFolder((folder) =>
    withBrowser((browser) =>
      withAddress('out/main/server.js', ['--port', '0'], async (url) => {
        const path = join(folder, 'long.convcanvas');
        writeFileSync(path, formatDesign(design));
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        await page.goto(url);
        const chooser = page.waitForEvent('filechooser');
        await page.getByRole('button', { name: /^Open/ }).first().click();
        await (await chooser).setFiles(path);
        await page.evaluate(observe);
        const first = page.getByRole('group', { name: 'CONV conv1', exact: true });
        await first.click();
        for (const tab of ['Ledger', 'Problems']) {
          await page.getByRole('tab', { name: tab, exact: true }).click();
          await type(page, 10);
          report(`all layers in view, ${tab} open`, await type(page, 60));
        }
        for (let i = 0; i < 8; i++) await page.getByRole('button', { name: 'Zoom in', exact: true }).click();
        report('zoomed in', await type(page, 60));
      }),
    ),
  );
}
