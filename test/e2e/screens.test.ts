/** Every main view in light and dark: nothing leaves the window, and a picture of each is kept for people to look at. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { button, cardOf, choose, node, palette, setField, settings, shows, status, tab } from './page.ts';

withBrowser();

/** What sticks out of the window, or is cut off within a button. */
function faults(): string[] {
  const found: string[] = [];
  const { clientWidth, clientHeight, scrollWidth, scrollHeight } = document.documentElement;
  if (scrollWidth > clientWidth || scrollHeight > clientHeight) found.push('the page scrolls');
  const canvas = document.querySelector('.react-flow');
  for (const element of document.querySelectorAll<HTMLElement>('button, [role="tab"], label, h1, h2')) {
    const { left, right, width } = element.getBoundingClientRect();
    if (width === 0 || canvas?.contains(element) || element.closest('.visually-hidden')) continue;
    const name = element.getAttribute('aria-label') ?? element.textContent;
    if (left < -1 || right > clientWidth + 1) found.push(`${name} leaves the window`);
    if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflow !== 'visible') {
      if (getComputedStyle(element).textOverflow !== 'ellipsis') found.push(`${name} is cut off`);
    }
  }
  return found;
}

/** Windows that people have, a projector's among them, and both colour schemes. */
const LOOKS = [
  ['light', { width: 1280, height: 720, colorScheme: 'light' }],
  ['dark', { width: 1280, height: 720, colorScheme: 'dark' }],
  ['large', { width: 1920, height: 1080, colorScheme: 'light' }],
  ['large-dark', { width: 1920, height: 1080, colorScheme: 'dark' }],
  ['small', { width: 960, height: 600, colorScheme: 'light' }],
] as const;

/** Brings the whole network into view, where that can be pressed. */
function fit(): void {
  if (document.querySelector('[role="dialog"]') !== null) return;
  document.querySelector<HTMLElement>('[aria-label="Fit the network into view"]')?.click();
}

/** The view as it is now, in every window and colour scheme. */
async function see(page: Page, name: string): Promise<void> {
  for (const [look, { width, height, colorScheme }] of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.evaluate(fit);
    await page.waitForTimeout(250); // transitions and the fit of the canvas come to rest
    await keepScreenshot(page, `${look}-${name}`);
    expect(await page.evaluate(faults), `${look}-${name}`).toEqual([]);
  }
  const [[, first]] = LOOKS;
  await page.setViewportSize(first);
  await page.emulateMedia({ colorScheme: first.colorScheme });
}

describe('every main view is in order', () => {
  it('of designing', async () => {
    const { page } = await openPage((await startServer()).url);
    await page.getByRole('button', { name: /^LeNet-5/ }).waitFor();
    await see(page, 'start');
    await choose(page, /blank/i);
    await see(page, 'blank');
    await button(page, 'Templates').click();
    await choose(page, /^LeNet-5/);
    await node(page, 'CONV conv1').click();
    await see(page, 'lenet5');
    await node(page, 'CONV conv1').getByRole('button', { name: '156 params' }).click();
    await see(page, 'working');
    await page.keyboard.press('Escape');
    await tab(page, 'Ledger').click();
    await see(page, 'ledger');
    await tab(page, 'Lectures').click();
    await page.getByRole('button', { name: /^Two filters of depth 3/ }).click();
    await see(page, 'lectures');
    await setField(page, 'Kernel size (F)', 40);
    await tab(page, 'Problems').click();
    await see(page, 'problem');
    await setField(page, 'Kernel size (F)', 5);
    await settings(page).getByLabel('Name').fill('a-name-that-is-much-longer-than-any-layer-needs');
    await see(page, 'long-name');
    await node(page, 'CONV conv2').click({ modifiers: ['Shift'] });
    await button(page, 'Add a note').click();
    await page.keyboard.type('What does the second CONV see of the picture?');
    await see(page, 'several');
    await tab(page, 'Outline').click();
    await see(page, 'outline');
    await button(page, 'Export diagram').click();
    await page.getByRole('dialog').getByRole('img').first().waitFor();
    await see(page, 'diagram');
    await page.keyboard.press('Escape');
    await tab(page, 'Layers').click();
    for (const template of ['resnet20', 'resnet50', 'googlenet', 'vgg16']) {
      await button(page, 'Templates').click();
      await choose(page, cardOf(template));
      await palette(page, 'CONV').focus();
      await see(page, template);
    }
  });

  it('of training', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^LeNet-5/);
    await tab(page, 'Training').click();
    await see(page, 'before-training');
    await button(page, 'Train').click();
    await shows(status(page), /epoch 2/, 60_000);
    await button(page, 'Pause').click();
    await shows(status(page), /^Paused/, 60_000);
    await see(page, 'paused');
    await button(page, 'Resume').click();
    await shows(status(page), /^Finished/, 60_000);
    await see(page, 'finished');
    await tab(page, 'Filters').click();
    await see(page, 'filters');
    await page.getByRole('img', { name: 'conv2 filter 3', exact: true }).click();
    await see(page, 'filter');
    await page.keyboard.press('Escape');
    await tab(page, 'Activations').click();
    await page.getByRole('img', { name: 'conv2 map 1', exact: true }).waitFor();
    await see(page, 'activations');
    const download = page.waitForEvent('download');
    await button(page, 'Export ONNX').click();
    await download;
    await page.getByRole('dialog').waitFor();
    await see(page, 'export');
  });
});
