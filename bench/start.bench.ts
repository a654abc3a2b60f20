import { withAddress, withBrowser } from './app.ts';
import { report } from './report.ts';

export const title =
  'npm start with nothing to install or build, until the page shows its templates (wanted: under 3 s)';

export async function run(): Promise<void> {
  await withBrowser(async (browser) => {
    const times: number[] = [];
    for (let turn = 0; turn < 7; turn++) {
      const begin = performance.now();
      await withAddress('scripts/start.mjs', ['--port', '0'], async (url) => {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(url);
        await page.getByRole('button', { name: /^LeNet-5/ }).waitFor();
        times.push(performance.now() - begin);
        await context.close();
      });
    }
    report('start', times);
  });
}
