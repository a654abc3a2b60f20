/** What helps with designing: how windows fit, where numbers come from, what memory goes where. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { button, choose, node, setField, settings, shows, tab } from './page.ts';

withBrowser();

const LENET = /^LeNet-5/;

async function openTemplate(template: RegExp, options = {}): Promise<Page> {
  const { page } = await openPage((await startServer()).url, options);
  await choose(page, template);
  return page;
}

/** The working that is shown. */
const working = (page: Page) => page.getByRole('dialog');

describe('how a window fits', () => {
  it('is drawn, with changes that make it exact', async () => {
    const page = await openTemplate(LENET);
    const conv2 = node(page, 'CONV conv2');
    await shows(conv2, /exact/);
    await conv2.click();
    await setField(page, 'Stride (S)', 4);
    await shows(conv2, /floors/);
    const grid = settings(page).getByRole('img', { name: /^A grid of/ });
    expect(await grid.getAttribute('aria-label')).toBe(
      'A grid of 14×14 padded pixels; 1 columns and 1 rows are never read.',
    );
    expect(await grid.locator('[data-kind="unread"]').count()).toBe(14 + 13);
    await settings(page).getByLabel('Caffe’s ceiling rule').check();
    await shows(settings(page).getByTestId('ceiling'), '4×4, here 3×3');
    const fixes = settings(page).getByRole('group', { name: 'Make it exact' }).getByRole('button');
    const offered = await fixes.allTextContents();
    expect(offered.length).toBeGreaterThanOrEqual(3);
    for (const fix of offered) {
      await settings(page).getByRole('button', { name: fix, exact: true }).click();
      await shows(conv2, /exact/);
      // The last pixel of the padded input is read.
      expect(await grid.locator('[data-kind]').last().getAttribute('data-kind'), fix).not.toBe('unread');
      await page.keyboard.press('Control+z');
      await shows(conv2, /floors/);
    }
    await setField(page, 'Kernel size (F)', 15);
    await shows(conv2, /impossible/);
    await keepScreenshot(page, 'fit-impossible');
  });
});

describe('the working', () => {
  it('of a number on the canvas, its connections, the ledger and the inspector is one click away', async () => {
    const page = await openTemplate(LENET);
    await node(page, 'CONV conv2').getByRole('button', { name: '2,416 params' }).click();
    await shows(working(page), /\(5·5·6\)·16 = 2,400.*2,400 \+ 16 = 2,416/);
    await keepScreenshot(page, 'working');
    await page.keyboard.press('Escape');
    await working(page).waitFor({ state: 'detached' });

    await page.locator('.react-flow__edge text', { hasText: '14×14×6' }).first().click();
    await shows(working(page), /Volume of (pool1|relu1).*\(28 − 2 \+ 2·0\)\/2 \+ 1 = 14/);
    await page.keyboard.press('Escape');

    await tab(page, 'Ledger').click();
    await page
      .getByRole('row', { name: /^conv2/ })
      .getByTitle('Receptive field of conv2: show the working')
      .click();
    await shows(working(page), /6 \+ \(5 − 1\)·2 = 14×14/);
    await button(page, 'Show its settings').click();
    await settings(page).getByTitle('Input of conv2: show the working').click();
    await shows(working(page), /Volume of pool1.*\(28 − 2 \+ 2·0\)\/2 \+ 1 = 14/);
    await page.keyboard.press('Escape');
    await settings(page).getByTitle('MACs of conv2: show the working').click();
    await shows(working(page), /\(5·5·6\)·16·10·10 = 240,000/);
  });

  it('of a sum names every layer’s share, and where a slide is wrong', async () => {
    const page = await openTemplate(/vgg16\b(?!-)/);
    await tab(page, 'Ledger').click();
    await button(page, '60.95 MB an image').click();
    await shows(working(page), /conv1.*12\.85 MB.*together.*60\.95 MB.*A slide differs.*93 MB/);
    await keepScreenshot(page, 'working-total');
  });
});

describe('the ledger', () => {
  it('draws what each layer’s memory is for, the largest over the whole width', async () => {
    const page = await openTemplate(LENET);
    await tab(page, 'Ledger').click();
    const width = (layer: string) =>
      page
        .getByRole('row', { name: new RegExp(`^${layer}`) })
        .getByRole('img')
        .evaluate((bar) => {
          const [track, parts] = [bar.getBoundingClientRect().width, [...bar.children]];
          return parts.reduce((sum, part) => sum + part.getBoundingClientRect().width, 0) / track;
        });
    expect(await width('fc1')).toBeCloseTo(1, 2); // 4·(3·48,120 + 24·120) bytes
    expect(await width('conv1')).toBeCloseTo((3 * 156 + 24 * 4704) / (3 * 48_120 + 24 * 120), 2);
    expect(await width('relu1')).toBe(0);
    await keepScreenshot(page, 'ledger-bars');
  });
});

describe('the lectures', () => {
  it('have every fact two clicks away, with its working, and where a slide is wrong', async () => {
    const page = await openTemplate(LENET);
    await tab(page, 'Lectures').click();
    const shown = page.getByRole('region', { name: 'Fact', exact: true });
    const choose = (name: string | RegExp) =>
      page.getByRole('navigation', { name: 'Facts of the lectures' }).getByRole('button', { name }).click();
    await choose('3×3 on 7×7, stride 3: floors');
    await shows(shown, /⌊\(7 − 3 \+ 2·0\)\/3 \+ 1⌋ = ⌊2\.333⌋ = 2.*A slide differs/);
    await choose(/Two filters of depth 3/);
    await shows(shown.getByTestId('sum'), /\+ 1 = −6$/);
    await shown.getByRole('table', { name: 'Output of filter 2' }).getByRole('button', { name: '7' }).last().click();
    await shows(shown.getByTestId('sum'), / = 7$/);
    await choose('Average pooling 4×4');
    await shows(shown.getByTestId('sum'), '(31 + 15 + 0 + 100)/4 = 36.5');
    await keepScreenshot(page, 'lectures');
    await choose('VGG-16, configuration D');
    await shows(shown, /93 MB.*15,237,608 numbers, 60\.95 MB/);
    await button(page, 'Open it as a design').click();
    await node(page, 'CONV conv13').waitFor();
  });
});
