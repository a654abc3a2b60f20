/**
 * The packaged app, named by CONVCANVAS_PACKAGED (the program within dist/). Its fuses keep Playwright's own way into
 * Electron shut, so the page is reached as any Chromium's is.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { button, choose, shows, status, tab } from '../e2e/page.ts';
import { temporaryFolder } from '../temporary.ts';

const program = process.env['CONVCANVAS_PACKAGED'];
const asRoot = process.getuid?.() === 0;

describe.skipIf(!program)('the packaged app', () => {
  it('starts, and trains with the ONNX Runtime that was packaged', async () => {
    const home = temporaryFolder();
    const args = ['--remote-debugging-port=0', `--user-data-dir=${join(home, 'profile')}`];
    const child = spawn(program!, [...args, ...(asRoot ? ['--no-sandbox'] : [])], {
      env: { ...process.env, CONVCANVAS_HOME: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    onTestFinished(async () => {
      child.kill();
      await ended;
    });
    const endpoint = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk;
        const match = /DevTools listening on (ws:\S+)/.exec(said);
        if (match !== null) resolve(match[1] as string);
      });
      child.once('exit', (code) => reject(new Error(`The app ended with code ${code}: ${said}`)));
    });
    const browser = await chromium.connectOverCDP(endpoint);
    onTestFinished(() => browser.close());
    const context = browser.contexts()[0]!;
    const page = context.pages()[0] ?? (await context.waitForEvent('page'));
    await choose(page, /^LeNet-5/);
    expect(page.url()).toBe('app://convcanvas/index.html');
    await tab(page, 'Training').click();
    await page.getByLabel('Epochs', { exact: true }).fill('1');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished/, 60_000);
  });
});
