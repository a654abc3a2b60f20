/** The app in Electron itself. Skipped where its binary is not at hand (npm does not carry it) or there is no screen. */
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findElectron, hasScreen } from '../../scripts/electron.mjs';
import { button, choose, node, setField, shows, status, tab } from '../e2e/page.ts';
import { root } from '../e2e/paths.ts';
import { temporaryFolder } from '../temporary.ts';

const executablePath = findElectron();
const asRoot = process.getuid?.() === 0;

async function launch(home = temporaryFolder()): Promise<{ app: ElectronApplication; page: Page }> {
  const app = await _electron.launch({
    executablePath: executablePath!,
    // Chromium's sandbox refuses to run as root, which only containers do.
    args: [root, `--user-data-dir=${join(home, 'profile')}`, ...(asRoot ? ['--no-sandbox'] : [])],
    env: { ...process.env, CONVCANVAS_HOME: home } as Record<string, string>,
  });
  onTestFinished(() => app.close());
  return { app, page: await app.firstWindow() };
}

describe.skipIf(executablePath === undefined || !hasScreen())('in Electron', () => {
  it('shows the start screen in a window of its own, without Node in the page', async () => {
    const { app, page } = await launch();
    await page.getByRole('button', { name: /^LeNet-5/ }).waitFor();
    expect(page.url()).toBe('app://convcanvas/index.html');
    expect(await page.evaluate(() => [typeof require, typeof process].join())).toBe('undefined,undefined');
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return { title: window?.getTitle(), visible: window?.isVisible() };
    });
    expect(preferences).toEqual({ title: 'ConvCanvas', visible: true });
  });

  it('trains, and goes on after its training process was killed', async () => {
    const { app, page } = await launch();
    await choose(page, /^LeNet-5/);
    await tab(page, 'Training').click();
    await page.getByLabel('Epochs', { exact: true }).fill('1000');
    await button(page, 'Train').click();
    await shows(status(page), /^Training/, 60_000);
    await app.evaluate(({ app: electron }) => {
      const training = electron.getAppMetrics().find(({ name }) => name === 'ConvCanvas training');
      if (training !== undefined) process.kill(training.pid);
    });
    await shows(status(page), /^Failed: The training process/);
    await page.getByLabel('Epochs', { exact: true }).fill('1');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished/, 60_000);
  });

  it('saves a design, and shows it again when it is started again', async () => {
    const home = temporaryFolder();
    const { app, page } = await launch(home);
    await choose(page, /^LeNet-5/);
    await node(page, 'CONV conv1').click();
    await setField(page, 'Filters (K)', 7);
    await shows(node(page, 'CONV conv1'), '28×28×7');
    await app.close();
    const again = await launch(home);
    await again.page.getByRole('button', { name: /^LeNet-5.*LeNet-5\.convcanvas/ }).click();
    await shows(node(again.page, 'CONV conv1'), '28×28×7');
  });
});
