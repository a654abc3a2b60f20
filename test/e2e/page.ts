/** What tests do on the page, by the names that people and assistive technology see. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

export const palette = (page: Page, label: string): Locator =>
  page.getByRole('region', { name: 'Layers', exact: true }).getByRole('button', { name: label, exact: true });
export const canvas = (page: Page): Locator => page.getByRole('region', { name: 'Network canvas' });
export const settings = (page: Page): Locator => page.getByRole('region', { name: 'Layer settings' });
export const node = (page: Page, name: string): Locator => page.getByRole('group', { name, exact: true });
export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
export const tab = (page: Page, name: string): Locator => page.getByRole('tab', { name, exact: true });
export const status = (page: Page): Locator => page.getByRole('status');

/** The name of a template's card: its title, its id, its summary. */
export const cardOf = (id: string): RegExp => new RegExp(` ${id} `);

export async function choose(page: Page, template: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: template }).click();
  await canvas(page).waitFor();
}

/** Opens a design from the list of those used last. */
export async function openRecent(page: Page, name: string): Promise<void> {
  await page.getByRole('region', { name: 'Recent' }).getByRole('button', { name }).first().click();
  await canvas(page).waitFor();
}

/** Types into one of the settings of the selected layer. */
export async function setField(page: Page, label: string, value: number | string): Promise<void> {
  await settings(page).getByLabel(label, { exact: true }).fill(String(value));
}

const PATIENCE = 3;

/** Waits until an element's text matches. */
export async function shows(locator: Locator, text: string | RegExp, timeout = 30_000): Promise<void> {
  const matches = (found: string) => (typeof text === 'string' ? found.includes(text) : text.test(found));
  // A machine that does other work, too, takes several times as long; what never comes is waited for no longer than that.
  const deadline = Date.now() + PATIENCE * timeout;
  let found = '';
  let pause = 50;
  while (Date.now() < deadline) {
    found = (await locator.textContent().catch(() => '')) ?? '';
    if (matches(found)) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
    // To find an element by its role takes the page some milliseconds: what takes long is looked at less often.
    pause = Math.min(1.5 * pause, 300);
  }
  expect.fail(`Waited for ${text}; the text is "${found}".`);
}

/** The pixels of a picture, to see whether they change. */
export function pixels(page: Page, name: string): Promise<string> {
  return page.getByRole('img', { name, exact: true }).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

async function centre(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('The element is not on the screen.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Presses the mouse on one place, moves it to another and lets go. */
export async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

/** Drags a layer from the palette to a place of the canvas, in pixels from its corner. */
export async function dragLayer(page: Page, label: string, x: number, y: number): Promise<void> {
  const box = await canvas(page).boundingBox();
  if (box === null) throw new Error('There is no canvas.');
  const item = palette(page, label);
  await item.scrollIntoViewIfNeeded();
  await drag(page, await centre(item), { x: box.x + x, y: box.y + y });
}

/** Connects two layers by dragging from the right side of one to the left side of the other. */
export async function connect(page: Page, from: string, to: string): Promise<void> {
  const source = node(page, from).locator('.react-flow__handle.source');
  const target = node(page, to).locator('.react-flow__handle.target');
  await drag(page, await centre(source), await centre(target));
}

/** Presses Tab until the element with this role and name has the focus. */
export async function tabTo(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  for (let i = 0; i < 120; i++) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press(key);
  }
  expect.fail(`${target} was not reached with ${key}.`);
}

/** The outline's grid, and the row of the layer with this name in it. */
export const outline = (page: Page): Locator =>
  page.getByRole('region', { name: 'Outline', exact: true }).getByRole('grid');
export const outlineRow = (page: Page, layer: string): Locator =>
  outline(page).getByRole('row', { name: new RegExp(`^${layer}(,|$)`) });
export const announcement = (page: Page): Locator => page.getByTestId('announcement');

/** What a screen reader says of the outline, row by row. */
export async function outlineNames(page: Page): Promise<readonly string[]> {
  const snapshot = await outline(page).ariaSnapshot();
  return [...snapshot.matchAll(/^ *- row "((?:[^"\\]|\\.)*)"/gm)].map(([, name = '']) => name);
}

/** Goes to the tab Outline and to its active row with keys only. */
export async function openOutline(page: Page): Promise<void> {
  if (await tab(page, 'Outline').evaluate((element) => element.getAttribute('aria-selected') !== 'true')) {
    await tabTo(page, tab(page, 'Layers'));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
  }
  await tabTo(page, outline(page).locator('[role="row"][tabindex="0"]'));
}
