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

async function look(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(250); // transitions and the fit of the canvas come to rest
  await keepScreenshot(page, name);
  expect(await page.evaluate(faults), name).toEqual([]);
}

describe.each([
  ['light', { dark: false, width: 1280, height: 720 }],
  ['dark', { dark: true, width: 1280, height: 720 }],
  ['small', { dark: false, width: 960, height: 600 }],
  ['large', { dark: false, width: 1920, height: 1080 }],
])('%s', (look_, options) => {
  it('every main view is in order', async () => {
    const { page } = await openPage((await startServer()).url, options);
    const see = (name: string) => look(page, `${look_}-${name}`);
    await page.getByRole('button', { name: /^LeNet-5/ }).waitFor();
    await see('start');
    await choose(page, /blank/i);
    await see('blank');
    await button(page, 'Templates').click();
    await choose(page, /^LeNet-5/);
    await node(page, 'CONV conv1').click();
    await see('lenet5');
    await tab(page, 'Ledger').click();
    await see('ledger');
    await setField(page, 'Kernel size (F)', 40);
    await tab(page, 'Problems').click();
    await see('problem');
    await setField(page, 'Kernel size (F)', 5);
    await settings(page).getByLabel('Name').fill('a-name-that-is-much-longer-than-any-layer-needs');
    await see('long-name');
    await settings(page).getByLabel('Name').fill('conv1');
    await button(page, 'Train').click();
    await tab(page, 'Training').click();
    await shows(status(page), /epoch 2/, 60_000);
    await see('training');
    await shows(status(page), /^Finished/, 60_000);
    await see('finished');
    await tab(page, 'Filters').click();
    await see('filters');
    await page.getByRole('img', { name: 'conv2 filter 3', exact: true }).click();
    await see('filter');
    await page.keyboard.press('Escape');
    await tab(page, 'Activations').click();
    await page.getByRole('img', { name: 'conv2 map 1', exact: true }).waitFor();
    await see('activations');
    const download = page.waitForEvent('download');
    await button(page, 'Export ONNX').click();
    await download;
    await page.getByRole('dialog').waitFor();
    await see('export');
    await page.keyboard.press('Escape');
    await button(page, 'Templates').click();
    await choose(page, cardOf('resnet20'));
    await see('resnet20');
    await button(page, 'Templates').click();
    await choose(page, cardOf('vgg16'));
    await palette(page, 'CONV').focus();
    await see('vgg16');
  });
});
