/** What may go wrong: each thing is said in words that tell what to do, and nothing is lost. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeDigits } from '../idx-files.ts';
import { temporaryFolder } from '../temporary.ts';
import { openPage, startServer, withBrowser } from './app.ts';
import { button, canvas, choose, node, openRecent, setField, shows, status, tab } from './page.ts';
import { built } from './paths.ts';
import { trainingProcess } from './processes.ts';

withBrowser();

const onWindows = process.platform === 'win32';

describe.skipIf(onWindows)('the training process', () => {
  it('killed in the middle of an epoch: reported, the app goes on, saved weights can be exported', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    await choose(page, /^LeNet-5/);
    await tab(page, 'Training').click();
    await page.getByLabel('Epochs', { exact: true }).fill('1000');
    await button(page, 'Train').click();
    await shows(status(page), /epoch [3-9] of 1000/, 60_000);
    process.kill(trainingProcess(server), 'SIGKILL');
    await shows(status(page), /^Failed: The training process was killed \(SIGKILL/);
    await shows(
      status(page),
      /Press Resume to go on from step \d+, of which there is a checkpoint \(.*\); it can be exported, too\./,
    );

    // Saved weights are exported, of the epoch that was complete.
    const download = page.waitForEvent('download');
    await button(page, 'Export ONNX').click();
    await download;
    await shows(page.getByRole('dialog'), /trained, [\d,]+ steps/);
    await page.keyboard.press('Escape');

    // The design can still be changed, and trained anew in a new process.
    await node(page, 'CONV conv1').click();
    await setField(page, 'Filters (K)', 5);
    await page.getByLabel('Epochs', { exact: true }).fill('1');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished/, 60_000);
  });

  it('killed before an epoch was complete: says that nothing was saved yet', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    await choose(page, /^LeNet-5/);
    await button(page, 'Train').click();
    await shows(status(page), /^Training/);
    process.kill(trainingProcess(server), 'SIGKILL');
    await shows(status(page), 'No epoch was finished, so no weights were saved.');
    expect(await button(page, 'Train').isDisabled()).toBe(false);
  });

  it('killed: Resume goes on from the checkpoint, and so it does after the server was killed as well', async () => {
    const home = temporaryFolder();
    const server = await startServer(home);
    const { page, context } = await openPage(server.url);
    await choose(page, /^LeNet-5/);
    await tab(page, 'Training').click();
    await page.getByLabel('Epochs', { exact: true }).fill('12');
    await button(page, 'Train').click();
    await shows(status(page), /epoch [3-9] of 12/, 60_000);
    process.kill(trainingProcess(server), 'SIGKILL');
    await shows(status(page), /Press Resume to go on from step \d+/);
    const step = async (of = page) => Number(await of.getByRole('progressbar').getAttribute('aria-valuenow'));
    const killedAt = await step();
    await button(page, 'Resume').click();
    await shows(status(page), /^Training/);
    await shows(status(page), /epoch ([5-9]|1[0-2]) of 12/, 60_000);
    expect(await step()).toBeGreaterThan(killedAt);
    await context.close();
    server.process.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 500));

    const next = await startServer(home);
    const { page: later } = await openPage(next.url);
    await openRecent(later, 'LeNet-5');
    await shows(status(later), 'Stopped');
    await shows(status(later), 'The program ended during this run.');
    await tab(later, 'Training').click();
    await shows(later.getByRole('figure', { name: 'Loss curve' }), /training 0\.\d+/);
    expect(await step(later)).toBeGreaterThan(killedAt);
    await button(later, 'Resume').click();
    await shows(status(later), /^Finished/, 90_000);
    expect(await step(later)).toBe(12 * 250);
  });

  it('ends with the server, however that ends', async () => {
    const server = await startServer();
    const { page, context } = await openPage(server.url);
    await choose(page, /^LeNet-5/);
    await button(page, 'Train').click();
    await shows(status(page), /^Training/);
    const pid = trainingProcess(server);
    await context.close();
    server.process.kill('SIGKILL');
    const alive = () => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    };
    for (let i = 0; i < 100 && alive(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(alive()).toBe(false);
  });
});

describe('training', () => {
  it('pauses, resumes and stops', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^LeNet-5/);
    await button(page, 'Train').click();
    await shows(status(page), /^Training/);
    await button(page, 'Pause').click();
    await shows(status(page), /^Paused/);
    const progress = page.getByRole('progressbar');
    const before = await progress.getAttribute('aria-valuenow');
    await page.waitForTimeout(500);
    expect(await progress.getAttribute('aria-valuenow')).toBe(before);
    await button(page, 'Resume').click();
    await shows(status(page), /^Training/);
    await button(page, 'Stop').click();
    await shows(status(page), /^Stopped/);
    expect(await button(page, 'Train').isDisabled()).toBe(false);
  });

  it('goes on while the page is loaded anew, which then shows all of it', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^LeNet-5/);
    await button(page, 'Train').click();
    await shows(status(page), /epoch 2 of 5/);
    await page.reload();
    await canvas(page).waitFor();
    await shows(status(page), /^(Training|Finished)/);
    await tab(page, 'Training').click();
    await shows(page.getByRole('figure', { name: 'Loss curve' }), /training 0\.\d+/);
    await shows(status(page), /^Finished/, 60_000);
  });

  it('shows the maps of a chosen picture, and enlarges filters', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^LeNet-5/);
    await button(page, 'Train').click();
    await tab(page, 'Activations').click();
    await page.getByRole('img', { name: 'conv2 map 16', exact: true }).waitFor();
    await shows(page.getByRole('tabpanel'), 'True class 0');
    await page.getByRole('button', { name: 'picture 4, 3' }).click();
    await shows(page.getByRole('tabpanel'), 'True class 3');
    await tab(page, 'Filters').click();
    await page.getByRole('img', { name: 'conv2 filter 3', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await shows(dialog, 'conv2, filter 3 of 16');
    await dialog.getByRole('img', { name: 'channel 6' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await shows(dialog, 'conv2, filter 4 of 16');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
});

describe('a data set', () => {
  it('that was cut off: says which file and what to do, and works once it is mended', async () => {
    const folder = join(temporaryFolder(), 'digits');
    writeDigits(folder, 200);
    const file = join(folder, 'train-images-idx3-ubyte');
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, 50_000));
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^LeNet-5/);
    await tab(page, 'Training').click();
    await page.getByLabel('Data set').selectOption('add');
    await page.getByLabel('Folder on this computer').fill('/nowhere/at/all');
    await button(page, 'Add').click();
    await shows(page.getByRole('tabpanel'), 'There is no folder /nowhere/at/all');
    await page.getByLabel('Folder on this computer').fill(folder);
    await button(page, 'Add').click();
    await shows(page.getByRole('tabpanel'), 'train-images-idx3-ubyte was cut off: its header promises');
    expect(await button(page, 'Train').isDisabled()).toBe(true);
    writeFileSync(file, whole);
    await page.getByLabel('Data set').selectOption({ label: 'Built-in digits' });
    await page.getByLabel('Data set').selectOption({ label: `digits (${folder})` });
    await shows(page.getByRole('tabpanel'), '180 images to train on, 20 held back; 28×28×1, 10 classes.');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished/, 60_000);
  });

  it('that does not go with the network: mended with one click', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /convnetjs-cifar10/);
    await tab(page, 'Training').click();
    await button(page, 'Set INPUT to 28×28×1').click();
    await shows(node(page, 'INPUT input'), '28×28×1');
    await page.getByLabel('Epochs', { exact: true }).fill('1');
    await button(page, 'Train').click();
    await shows(status(page), /^Finished/, 90_000);
  });
});

describe('the server', () => {
  it('says what to do where its port is in use', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as AddressInfo;
    const { status: code, stderr } = spawnSync(process.execPath, [built('main/server.js'), '--port', String(port)], {
      encoding: 'utf8',
      env: { ...process.env, CONVCANVAS_HOME: temporaryFolder() },
    });
    blocker.close();
    expect(code).toBe(1);
    expect(stderr.trim()).toBe(
      `Port ${port} is in use. Give another with --port, or leave --port out to get a free one.`,
    );
  });
});
