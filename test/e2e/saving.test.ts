/** What is changed is on disk soon, whatever happens; what could not be saved is not replaced without a question. */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { parseDesign } from '#core/project/design-file.ts';
import { temporaryFolder } from '../temporary.ts';
import { openPage, type RunningServer, startServer, withBrowser } from './app.ts';
import { button, cardOf, choose, node, setField, settings, shows } from './page.ts';

withBrowser();

const designs = ({ home }: RunningServer) => join(home, 'designs');
const dialog = (page: Page) => page.getByRole('dialog');

/** The design that is saved; undefined as long as there is none. */
function onDisk(server: RunningServer) {
  if (!existsSync(designs(server))) return undefined;
  const [file] = readdirSync(designs(server)).filter((name) => name.endsWith('.convcanvas'));
  return file === undefined ? undefined : parseDesign(readFileSync(join(designs(server), file), 'utf8'));
}

/** Saves LeNet-5 with 7 filters, and makes them 8 where that cannot be written. */
async function changeUnsaveably(server: RunningServer, page: Page): Promise<void> {
  await choose(page, /^LeNet-5/);
  await node(page, 'CONV conv1').click();
  await setField(page, 'Filters (K)', 7);
  await page.getByText('Saved', { exact: true }).waitFor();
  // The folder is gone, and cannot be made: there is a file of its name.
  renameSync(designs(server), `${designs(server)} elsewhere`);
  writeFileSync(designs(server), '');
  await setField(page, 'Filters (K)', 8);
  await shows(page.locator('header').first(), /Not saved: /);
}

it('a design is saved while its user types on and on', async () => {
  const server = await startServer();
  const { page } = await openPage(server.url);
  await choose(page, /^LeNet-5/);
  await node(page, 'CONV conv1').click();
  const field = settings(page).getByLabel('Filters (K)', { exact: true });
  // Each change comes before the pause after the last one has ended.
  const found = new Set<unknown>();
  for (let i = 0; i < 60; i++) {
    await field.fill(String(7 + i));
    await page.waitForTimeout(60);
    const saved = onDisk(server)?.network.layers.get('conv1')?.fields['filters'];
    if (saved !== undefined) found.add(saved);
  }
  expect(found.size).toBeGreaterThan(1);
});

it('a template that was not changed has no file, and is not said to be saved', async () => {
  const server = await startServer();
  const { page } = await openPage(server.url);
  await choose(page, /^LeNet-5/);
  await page.waitForTimeout(1000);
  expect(await page.getByText(/^(Saving…|Saved)$/).count()).toBe(0);
  expect(onDisk(server)).toBeUndefined();
});

it('what cannot be written is said, tried again, and not replaced without a question', async () => {
  const server = await startServer();
  const { page } = await openPage(server.url);
  await changeUnsaveably(server, page);
  await button(page, 'Templates').click();
  await page.getByRole('button', { name: cardOf('vgg16') }).click();
  await shows(dialog(page), 'LeNet-5 is not saved');
  await button(page, 'Stay with LeNet-5').click();
  await shows(node(page, 'CONV conv1'), '8 · 5×5');
  // It is tried again by itself.
  renameSync(designs(server), `${designs(server)} file`);
  renameSync(`${designs(server)} elsewhere`, designs(server));
  await page.getByText('Saved', { exact: true }).waitFor({ timeout: 120_000 });
  expect(onDisk(server)?.network.layers.get('conv1')?.fields['filters']).toBe(8);
});

it('what could not be saved before the server ended is offered when it is there again', async () => {
  const home = temporaryFolder();
  const server = await startServer(home);
  const { page } = await openPage(server.url, { expected: /WebSocket|Failed to load resource/ });
  await changeUnsaveably(server, page);
  const ended = once(server.process, 'exit');
  server.process.kill('SIGKILL');
  await ended;
  await shows(page.getByRole('alertdialog'), 'The connection is gone');
  rmSync(designs(server));
  renameSync(`${designs(server)} elsewhere`, designs(server));
  await startServer(home, Number(new URL(server.url).port));
  // The page finds it by itself.
  await shows(dialog(page), 'Unsaved changes were kept', 60_000);
  await button(page, 'Open the copy').click();
  await shows(node(page, 'CONV conv1'), '8 · 5×5');
  await page.getByText('Saved', { exact: true }).waitFor();
  expect(onDisk(server)?.network.layers.get('conv1')?.fields['filters']).toBe(8);
  // It is in the file now, and not offered again.
  await page.reload();
  await shows(node(page, 'CONV conv1'), '8 · 5×5');
  expect(await dialog(page).count()).toBe(0);
});
