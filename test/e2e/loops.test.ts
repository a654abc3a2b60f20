/** Connections that would close a loop: refused on the canvas until the user decides, and part of nothing before. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { applyEdit } from '#core/network/edits.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { blankDesign } from '#core/templates/index.ts';
import { chain, conv, input } from '../networks.ts';
import { temporaryFolder } from '../temporary.ts';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { announcement, button, canvas, choose, connect, node, palette, settings, shows, tab } from './page.ts';

withBrowser();

/** INPUT → conv1 → relu1 → conv2, all in one row. */
async function begin(options = {}): Promise<{ readonly page: Page; readonly home: string }> {
  const server = await startServer();
  const { page } = await openPage(server.url, options);
  await choose(page, /^Blank/);
  for (const label of ['INPUT', 'CONV', 'RELU', 'CONV']) await palette(page, label).click();
  await page.waitForTimeout(500); // the network comes to rest in view
  return { page, home: server.home };
}

const question = (page: Page) => page.getByRole('group', { name: /would close a loop|cannot feed itself/ });
const refused = (page: Page) => page.locator('.react-flow__edge-refused path.react-flow__edge-path');
const edges = (page: Page) => page.locator('.react-flow__edge-volume').count();
const isPage = (page: Page) => page.evaluate(() => document.activeElement === document.body);

const fedBy = async (page: Page, layer: string): Promise<string[]> => {
  await node(page, layer).click({ position: { x: 20, y: 6 } });
  return settings(page).getByRole('listitem').allTextContents();
};

describe('a connection that would close a loop', () => {
  it('asks on the new edge, and leaves the old one as it is', async () => {
    const { page, home } = await begin();
    await page.getByText('Saved', { exact: true }).waitFor();
    const file = join(home, 'designs', 'Untitled.convcanvas');
    const before = readFileSync(file, 'utf8');
    await connect(page, 'CONV conv2', 'CONV conv1');
    await shows(question(page), 'conv2 → conv1 would close a loop: conv1 → relu1 → conv2 → conv1.');
    await shows(announcement(page), 'conv2 → conv1 would close a loop');
    expect(await refused(page).count()).toBe(1);
    const style = await refused(page).evaluate((path) => {
      const { strokeDasharray, stroke } = getComputedStyle(path);
      const probe = document.createElement('span');
      probe.style.color = 'var(--danger)';
      document.body.append(probe);
      const danger = getComputedStyle(probe).color;
      probe.remove();
      return { isDashed: strokeDasharray !== 'none', isRed: stroke === danger };
    });
    expect(style).toEqual({ isDashed: true, isRed: true });
    // No bubble, no problem, nothing to save, nothing to undo but what was there.
    expect(await canvas(page).locator('[data-problem]').count()).toBe(0);
    await shows(page.getByRole('tabpanel'), 'The network ends with a volume of');
    expect(await page.getByRole('list', { name: 'Problems that stop training' }).getByRole('listitem').count()).toBe(1);
    expect(await edges(page)).toBe(3);
    await page.waitForTimeout(900);
    expect(readFileSync(file, 'utf8')).toBe(before);
    await keepScreenshot(page, 'loop-question');
    await question(page).getByRole('button', { name: 'Keep the old one' }).click();
    await question(page).waitFor({ state: 'detached' });
    expect(await isPage(page)).toBe(false);
    expect(await refused(page).count()).toBe(0);
    expect(await fedBy(page, 'CONV conv1')).toEqual(['input']);
    await button(page, 'Undo').click();
    await node(page, 'CONV conv2').waitFor({ state: 'detached' });
  });

  it('is made in place of the other one, in one step to undo', async () => {
    const { page } = await begin();
    await connect(page, 'CONV conv2', 'CONV conv1');
    const instead = question(page).getByRole('button', { name: /^Remove the other connection instead/ });
    await shows(instead, 'relu1 → conv2');
    await instead.click();
    await question(page).waitFor({ state: 'detached' });
    expect(await isPage(page)).toBe(false);
    expect(await fedBy(page, 'CONV conv1')).toEqual(['conv2']);
    await shows(node(page, 'CONV conv2'), 'not connected');
    await page.keyboard.press('ControlOrMeta+z');
    expect(await fedBy(page, 'CONV conv1')).toEqual(['input']);
    expect(await fedBy(page, 'CONV conv2')).toEqual(['relu1']);
    expect(await edges(page)).toBe(3);
  });

  it('is left out with Escape; from a layer to itself, too', async () => {
    const { page } = await begin();
    await connect(page, 'CONV conv2', 'RELU relu1');
    await question(page).waitFor();
    expect(
      await question(page)
        .getByRole('button', { name: 'Keep the old one' })
        .evaluate((element) => element === document.activeElement),
    ).toBe(true);
    await page.keyboard.press('Escape');
    await question(page).waitFor({ state: 'detached' });
    expect(await isPage(page)).toBe(false);
    await connect(page, 'CONV conv1', 'CONV conv1');
    await shows(question(page), 'conv1 cannot feed itself.');
    expect(await question(page).getByRole('button').allTextContents()).toEqual(['Leave it out']);
    await page.keyboard.press('Enter');
    await question(page).waitFor({ state: 'detached' });
    expect(await edges(page)).toBe(3);
  });

  it('that is dragged from another one keeps that one; it ends with the layers and with the loop', async () => {
    const { page } = await begin();
    // The end of relu1 → conv2 is dragged to conv1.
    const target = (await node(page, 'CONV conv2').locator('.react-flow__handle.target').boundingBox())!;
    const to = (await node(page, 'CONV conv1').locator('.react-flow__handle.target').boundingBox())!;
    await page.locator('.react-flow__edge-volume').last().hover({ force: true });
    await page.mouse.move(target.x - 4, target.y + target.height / 2);
    await page.mouse.down();
    await page.mouse.move(to.x + 20, to.y + 30, { steps: 6 });
    await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 4 });
    await page.mouse.up();
    await shows(question(page), 'relu1 → conv1 would close a loop: conv1 → relu1 → conv1.');
    expect(await edges(page)).toBe(3);
    await question(page).getByRole('button', { name: 'Keep the old one' }).click();
    expect(await fedBy(page, 'CONV conv2')).toEqual(['relu1']);
    await connect(page, 'CONV conv2', 'CONV conv1');
    await question(page).waitFor();
    await node(page, 'RELU relu1').click({ position: { x: 20, y: 6 } });
    await page.keyboard.press('Delete');
    // Without relu1 there would be no loop: there is nothing to ask.
    await question(page).waitFor({ state: 'detached' });
    expect(await refused(page).count()).toBe(0);
    await page.keyboard.press('ControlOrMeta+z');
    await connect(page, 'CONV conv2', 'CONV conv1');
    await question(page).waitFor();
    await button(page, 'Templates').click();
    await choose(page, /^Blank/);
    expect(await question(page).count()).toBe(0);
  });

  it('is not offered by the outline and the settings', async () => {
    const { page } = await begin();
    await node(page, 'CONV conv1').click({ position: { x: 20, y: 6 } });
    const offered = await settings(page).getByLabel('Fed by', { exact: true }).locator('option').allTextContents();
    expect(offered).toEqual(['Connect another instead…']);
    await tab(page, 'Outline').click();
    await page.getByRole('button', { name: 'Menu of conv2' }).click();
    await page.getByRole('menuitem', { name: 'Connect to…' }).click();
    await shows(page.getByRole('dialog'), 'There is no layer that conv2 could feed');
  });

  it('is asked about in readable size, seen from afar and in the dark', async () => {
    const { page } = await begin({ dark: true });
    for (let i = 0; i < 3; i++) await button(page, 'Zoom out').click();
    await page.waitForTimeout(400);
    await connect(page, 'CONV conv2', 'CONV conv1');
    await page.waitForTimeout(300);
    expect((await question(page).boundingBox())!.width).toBeGreaterThan(230);
    await keepScreenshot(page, 'loop-question-far-dark');
  });
});

it('a design from a file that holds a loop has one problem, whose fix cuts it', async () => {
  const { page } = await openPage((await startServer()).url);
  let network = chain(input(1, 28), conv(4, 3, 1, 1), ['Add'], ['ReLU'], ['Dropout'], ['Flatten'], ['Dense']);
  for (const from of ['input', 'drop1']) network = applyEdit(network, { type: 'connect', from, to: 'add1' });
  network = applyEdit(network, { type: 'set-fields', layer: 'conv1', fields: { filters: 1 } });
  const file = join(temporaryFolder(), 'loop.convcanvas');
  writeFileSync(file, formatDesign({ ...blankDesign(), network }));
  expect(existsSync(file)).toBe(true);
  const chooser = page.waitForEvent('filechooser');
  await button(page, 'Open a file…').click();
  await (await chooser).setFiles(file);
  const problems = page.getByRole('list', { name: 'Problems that stop training' }).getByRole('listitem');
  await shows(problems, 'A loop: add1 → relu1 → drop1 → add1.');
  expect(await problems.count()).toBe(1);
  expect(await canvas(page).locator('[data-problem]').count()).toBe(1);
  await shows(node(page, 'DROPOUT drop1'), 'waits for relu1');
  const fix = problems.getByRole('button', { name: 'Remove drop1 → add1' });
  await fix.waitFor();
  await keepScreenshot(page, 'loop-problem');
  await fix.click();
  await shows(page.getByRole('tabpanel'), 'No problems');
  await shows(announcement(page), 'Remove drop1 → add1: no problem is left');
  expect(await isPage(page)).toBe(false);
});
