import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { withAddress, withBrowser, withFolder } from './app.ts';
import { longNetwork } from './networks.ts';
import { report } from './report.ts';

export const title =
  'panning and dragging a design of 500 layers (wanted: 50 frames a second, 20 ms each); opening ResNet-50 (under 1 s)';

const LAYERS = 500;
const MOVES = 120;
const OPENINGS = 7;

/** Collects the time from each frame to the next while the pointer is pressed. */
function observe() {
  const frames: number[] = [];
  Object.assign(window, { frames });
  let last = 0;
  let pressed = false;
  window.addEventListener('pointerdown', () => (pressed = true), { capture: true });
  window.addEventListener('pointerup', () => (pressed = false), { capture: true });
  const frame = (now: number) => {
    if (pressed && last > 0) frames.push(now - last);
    last = pressed ? now : 0;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** Moves the pressed pointer to and fro and answers how long each frame took. */
async function move(page: Page, from: readonly [number, number], reach: number): Promise<number[]> {
  const [x, y] = from;
  await page.mouse.move(x, y);
  await page.mouse.down();
  const take = () => page.evaluate(() => (window as unknown as { frames: number[] }).frames.splice(0));
  for (let i = 1; i <= MOVES + 10; i++) {
    if (i === 11) await take();
    const share = Math.sin((i / MOVES) * 4 * Math.PI);
    await page.mouse.move(x + reach * share, y + (reach / 2) * share);
  }
  const times = await take();
  await page.mouse.up();
  return times;
}

/** Frames a second, beside how long they took. */
function rate(what: string, times: readonly number[]): void {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  report(`${what}: ${(1000 / mean).toFixed(0)} frames a second`, times);
}

async function open(page: Page, path: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^Open a file/ }).click();
  await (await chooser).setFiles(path);
  await page.getByRole('region', { name: 'Network canvas' }).waitFor();
}

/** Opens the template, and answers the milliseconds from the click to the frame that shows all of its nodes. */
async function openResnet50(page: Page): Promise<number> {
  const card = page.getByRole('button', { name: /^ResNet-50/ });
  await card.waitFor();
  return card.evaluate(async (button: HTMLElement) => {
    const begin = performance.now();
    button.click();
    const shown = () => document.querySelectorAll('.react-flow__node').length >= 20;
    while (!shown()) await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    return performance.now() - begin;
  });
}

export async function run(): Promise<void> {
  const design = { name: 'Long', network: longNetwork(LAYERS), training: DEFAULT_TRAINING, classLabels: [] };
  await withFolder((folder) =>
    withBrowser((browser) =>
      withAddress('out/main/server.js', ['--port', '0'], async (url) => {
        const path = join(folder, 'long.convcanvas');
        writeFileSync(path, formatDesign(design));
        const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
        await page.goto(url);
        await open(page, path);
        await page.evaluate(observe);
        await page.waitForTimeout(1500);
        const box = await page.getByRole('region', { name: 'Network canvas' }).boundingBox();
        if (box === null) throw new Error('The canvas cannot be seen');
        // Between two rows of layers there is nothing to take hold of but the canvas.
        const empty = [box.x + 8, box.y + box.height - 80] as const;
        rate('panning, all layers in view', await move(page, empty, 200));
        const layer = await page.locator('.react-flow__node').nth(100).boundingBox();
        if (layer === null) throw new Error('No layer can be seen');
        const grip = [layer.x + layer.width / 2, layer.y + layer.height / 3] as const;
        rate('dragging a layer, all in view', await move(page, grip, 60));
        for (let i = 0; i < 9; i++) await page.getByRole('button', { name: 'Zoom in', exact: true }).click();
        await page.waitForTimeout(500);
        rate('panning, zoomed in', await move(page, [box.x + 12, box.y + 12], 200));
        const near = await page.evaluate(() => {
          const canvas = document.querySelector('.react-flow')?.getBoundingClientRect();
          const inside = [...document.querySelectorAll('.react-flow__node')].map((node) =>
            node.getBoundingClientRect(),
          );
          const found = inside.find(
            (node) =>
              canvas &&
              node.left > canvas.left + 80 &&
              node.right < canvas.right &&
              node.top > canvas.top + 40 &&
              node.bottom < canvas.bottom - 90,
          );
          return found && ([found.x + found.width / 2, found.y + 8] as const);
        });
        if (near !== undefined) rate('dragging a layer, zoomed in', await move(page, near, 60));
        await page.close();

        const times: number[] = [];
        for (let turn = 0; turn < OPENINGS; turn++) {
          const fresh = await browser.newPage({ viewport: { width: 1280, height: 720 } });
          await fresh.goto(url);
          times.push(await openResnet50(fresh));
          await fresh.close();
        }
        report('ResNet-50, from the click to all of its nodes', times);
      }),
    ),
  );
}
