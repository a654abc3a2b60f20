/** The values of the curves, under the pointer and by keys; and the message of a run that failed, in full. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepScreenshot, openPage, type PageOptions, startServer, withBrowser } from './app.ts';
import { button, choose, shows, status, tab } from './page.ts';
import { trainingProcess } from './processes.ts';

withBrowser();

/** Digits on LeNet-5, for two epochs. */
async function trained(options: PageOptions = {}): Promise<Page> {
  const { page } = await openPage((await startServer()).url, options);
  await choose(page, /^LeNet-5/);
  await tab(page, 'Training').click();
  await page.getByRole('tabpanel').getByLabel('Epochs', { exact: true }).fill('2');
  await button(page, 'Train').click();
  await shows(status(page), /^Finished/, 120_000);
  return page;
}

const slider = (page: Page, name: string): Locator => page.getByRole('slider', { name: new RegExp(`^${name}`) });
const values = (page: Page, name: string): Locator => page.getByRole('figure', { name, exact: true }).locator('dl');

describe.each([
  ['light', false],
  ['dark', true],
] as const)('%s', (look, dark) => {
  it('the values of a curve follow the pointer, and the arrow keys', async () => {
    const page = await trained({ dark });
    const loss = slider(page, 'Loss curve');
    const chart = (await loss.boundingBox())!;
    const box = (await loss.locator('.u-over').boundingBox())!;
    expect(await values(page, 'Loss curve').count()).toBe(0);
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await shows(values(page, 'Loss curve'), /^step\d+training\d\.\d{4}/);
    const left = await values(page, 'Loss curve').textContent();
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
    await expect.poll(() => values(page, 'Loss curve').textContent()).not.toBe(left);
    await shows(values(page, 'Loss curve'), /^step\d+training\d\.\d{4}validation\d\.\d{4} at \d+/);
    // They are within the chart, wherever the pointer is.
    for (const share of [0.01, 0.5, 0.99]) {
      await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
      const at = (await values(page, 'Loss curve').boundingBox())!;
      expect(at.x).toBeGreaterThanOrEqual(chart.x);
      expect(at.x + at.width).toBeLessThanOrEqual(chart.x + chart.width + 1);
    }
    await keepScreenshot(page, `curves-pointer-${look}`);
    await page.mouse.move(box.x + box.width / 2, box.y - 60);
    await expect.poll(() => values(page, 'Loss curve').count()).toBe(0);

    const accuracy = slider(page, 'Accuracy curve');
    await page.keyboard.press('Tab');
    await loss.focus();
    await page.keyboard.press('Tab');
    expect(await accuracy.evaluate((element) => element === document.activeElement)).toBe(true);
    const last = Number(await accuracy.getAttribute('aria-valuemax'));
    const told = () => accuracy.getAttribute('aria-valuetext');
    expect(await told()).toMatch(
      new RegExp(`^step ${last}: training \\d+\\.\\d\\d %, validation \\d+\\.\\d\\d % at step ${last}$`),
    );
    await page.keyboard.press('ArrowLeft');
    expect(await told()).toContain(`step ${last - 1}: training`);
    expect(await accuracy.getAttribute('aria-valuenow')).toBe(String(last - 1));
    // The second epoch ends with the last step: here the first one's is the last that is known.
    expect(await told()).toContain(`at step ${last / 2}`);
    await shows(values(page, 'Accuracy curve'), new RegExp(`^step${last - 1}training`));
    await keepScreenshot(page, `curves-keys-${look}`);
    await page.keyboard.press('PageDown');
    expect(Number(await accuracy.getAttribute('aria-valuenow'))).toBe(last - 1 - Math.round(last / 10));
    await page.keyboard.press('Home');
    expect(await told()).toMatch(/^step 1: training \d+\.\d\d %$/);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    expect(await told()).toContain(`step ${last}:`);
    await page.keyboard.press('Shift+Tab');
    expect(await values(page, 'Accuracy curve').count()).toBe(0);
  });
});

it('before a run a curve has no values, and is no stop of the Tab key', async () => {
  const { page } = await openPage((await startServer()).url);
  await choose(page, /^LeNet-5/);
  await tab(page, 'Training').click();
  await page.getByText('Press Train: the curve grows here.').first().waitFor();
  expect(await page.getByRole('slider').count()).toBe(0);
});

describe.skipIf(process.platform === 'win32').each([
  ['light', false],
  ['dark', true],
] as const)('the message of a run that crashed, %s', (look, dark) => {
  it('is there in full in a small window, and can be marked', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url, { width: 960, height: 600, dark });
    await choose(page, /^LeNet-5/);
    await tab(page, 'Training').click();
    await page.getByRole('tabpanel').getByLabel('Epochs', { exact: true }).fill('1000');
    await button(page, 'Train').click();
    await shows(status(page), /epoch [2-9] of 1000/, 60_000);
    process.kill(trainingProcess(server), 'SIGKILL');
    await shows(status(page), /^Failed: The training process was killed \(SIGKILL/);
    const message = (await status(page).textContent())!.replace('Failed: ', '');
    expect(message.length).toBeGreaterThan(100);
    /** Whether all of an element's text is within its box and the window, and wraps whatever is in it. */
    const isWhole = (element: Locator) =>
      element.evaluate((box) => {
        const fits = () => {
          const { left, right } = box.getBoundingClientRect();
          return left >= 0 && right <= window.innerWidth && box.scrollWidth <= box.clientWidth;
        };
        const asItIs = fits();
        const text = box.querySelector('p') ?? box;
        const before = text.textContent;
        text.textContent = `${before} /${'a-folder-with-a-long-name/'.repeat(12)}`;
        const withPath = fits();
        text.textContent = before;
        return { asItIs, withPath, isSelectable: getComputedStyle(text).userSelect !== 'none' };
      });
    const whole = { asItIs: true, withPath: true, isSelectable: true };
    const inPanel = page.getByRole('tabpanel').getByText(message, { exact: true });
    await inPanel.scrollIntoViewIfNeeded();
    expect(await isWhole(inPanel)).toEqual(whole);
    await keepScreenshot(page, `message-panel-${look}`);
    // On another tab the toolbar has it.
    await tab(page, 'Ledger').click();
    await button(page, 'Why?').click();
    const popup = page.getByRole('dialog', { name: 'Message of the training' });
    await shows(popup, message);
    expect(await isWhole(popup)).toEqual(whole);
    await keepScreenshot(page, `message-toolbar-${look}`);
    await page.keyboard.press('Escape');
    await popup.waitFor({ state: 'detached' });
    expect(await button(page, 'Why?').evaluate((element) => element === document.activeElement)).toBe(true);
    // The word itself is not cut off either.
    expect(await status(page).evaluate((words) => words.scrollWidth <= words.clientWidth)).toBe(true);
    const header = page.locator('header').first();
    expect(await header.evaluate((bar) => bar.scrollWidth - bar.clientWidth)).toBe(0);
  });
});
