/** The drawn network as a figure: in the dialog, as files, and as pictures that a browser shows. */
import { readFileSync } from 'node:fs';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { drawDiagram } from '#core/diagram/diagram.ts';
import { DEFAULT_DIAGRAM, type DiagramOptions } from '#core/diagram/options.ts';
import { propagate } from '#core/network/propagate.ts';
import { findTemplate } from '#core/templates/index.ts';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { button, choose, shows } from './page.ts';

withBrowser();

const dialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Export diagram' });
const preview = (page: Page): Locator => dialog(page).getByRole('img');
const pick = (page: Page, group: string, choice: string) =>
  dialog(page).getByRole('group', { name: group }).getByRole('radio', { name: choice, exact: true }).check();

/** Presses a button and answers the file that it saves. */
async function saved(page: Page, label: string): Promise<{ name: string; contents: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, label).click()]);
  return { name: download.suggestedFilename(), contents: readFileSync(await download.path()) };
}

/** Width and height that the preview says its picture has, once the picture of these choices is there. */
async function size(page: Page): Promise<readonly [number, number]> {
  await preview(page).evaluate((image) => (image as HTMLImageElement).decode());
  const [, width = '', height = ''] = /([\d,]+) × ([\d,]+) pixels/.exec((await dialog(page).textContent()) ?? '') ?? [];
  return [Number(width.replace(',', '')), Number(height.replace(',', ''))];
}

const natural = (page: Page) =>
  preview(page).evaluate((image) => {
    const { naturalWidth, naturalHeight } = image as HTMLImageElement;
    return [naturalWidth, naturalHeight];
  });

/** What a browser makes of an SVG file: its size, and the colour of its first pixel. */
function asPicture(page: Page, svg: string) {
  return page.evaluate(async (text) => {
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set<string>();
    for (let i = 0; i < data.length; i += 4) colours.add(data.slice(i, i + 3).join(' '));
    // The page's policy takes no style sheets from documents that are parsed in it.
    const plain = text.replace(/<style>[^<]*<\/style>/, '');
    const fault = new DOMParser().parseFromString(plain, 'image/svg+xml').querySelector('parsererror');
    return {
      size: [image.naturalWidth, image.naturalHeight],
      background: [...data.slice(0, 4)],
      colours: colours.size,
      wellFormed: fault === null,
    };
  }, svg);
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

describe('the dialog', () => {
  it('shows what each choice makes, and saves it as SVG and PNG', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /^LeNet-5/);
    await page.getByLabel('Name of the design').fill('My net: 1/2 <b>');
    await button(page, 'Export diagram').click();
    const [width, height] = await size(page);
    expect(await natural(page)).toEqual([width, height]);
    expect(width).toBeGreaterThan(height);

    const first = await saved(page, 'Save SVG');
    expect(first.name).toBe('My net 1 2 b.svg');
    const light = await asPicture(page, first.contents.toString('utf8'));
    expect(light).toMatchObject({ size: [width, height], background: [255, 255, 255, 255], wellFormed: true });
    expect(light.colours).toBeGreaterThan(20);

    await pick(page, 'Style', 'Volumes');
    await pick(page, 'Theme', 'Dark');
    await pick(page, 'Direction', 'Vertical');
    const [narrow, tall] = await size(page);
    expect(tall).toBeGreaterThan(narrow);
    expect(await natural(page)).toEqual([narrow, tall]);
    const second = await saved(page, 'Save SVG');
    const dark = await asPicture(page, second.contents.toString('utf8'));
    // --panel of the dark theme.
    expect(dark).toMatchObject({ size: [narrow, tall], background: [0x1c, 0x20, 0x27, 255], wellFormed: true });

    const png = await saved(page, 'Save PNG');
    expect(png.name).toBe('My net 1 2 b.png');
    expect([...png.contents.subarray(0, 8)]).toEqual(PNG_SIGNATURE);
    expect([png.contents.readUInt32BE(16), png.contents.readUInt32BE(20)]).toEqual([3 * narrow, 3 * tall]);

    // The choices are kept while the app runs.
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    await button(page, 'Export diagram').click();
    expect(await size(page)).toEqual([narrow, tall]);
  });

  it('folds and breaks long networks, and draws the PNG of a very long one at its plain size', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, /resnet20/);
    await button(page, 'Export diagram').click();
    const [width, height] = await size(page);
    await pick(page, 'RELU, BATCH NORM …', 'Apart');
    const [, taller] = await size(page);
    expect(taller).toBeGreaterThan(height);
    await pick(page, 'Length', 'One line');
    const [long, low] = await size(page);
    expect(long).toBeGreaterThan(8 * width);
    expect(low).toBeLessThan(height);
    // Three or two times as wide would be more than a canvas takes.
    expect(2 * long).toBeGreaterThan(16_384);
    const png = await saved(page, 'Save PNG');
    expect(png.contents.readUInt32BE(16)).toBe(long);
  });

  it('refuses a PNG that no canvas takes, with the way out', async () => {
    const { page } = await openPage((await startServer()).url);
    await page.getByRole('button', { name: /^Pattern/ }).click();
    await page.getByLabel('N: CONVs a round').fill('8');
    await page.getByLabel('M: rounds').fill('6');
    await button(page, 'Create').click();
    await button(page, 'Export diagram').click();
    await pick(page, 'RELU, BATCH NORM …', 'Apart');
    await pick(page, 'Length', 'One line');
    expect((await size(page))[0]).toBeGreaterThan(16_384);
    await button(page, 'Save PNG').click();
    await shows(page.locator('body'), 'The figure is too large for a PNG');
    await shows(page.locator('body'), 'Save it as SVG, or let it be broken into rows.');
  });
});

describe('the typeface', () => {
  const { name, network } = findTemplate('resnet50')!.create();
  const figure = (options: Partial<DiagramOptions>) =>
    drawDiagram(name, network, propagate(network), { ...DEFAULT_DIAGRAM, ...options }).svg;

  /** Each text of a figure as a browser sets it: how wide its place is, its own width, and its width in that place. */
  async function texts(context: BrowserContext, svg: string) {
    const page = await context.newPage();
    await page.setContent(svg);
    const found = await page.evaluate(async () => {
      await document.fonts.ready;
      return [...document.querySelectorAll('text')].map((text) => {
        const set = text.getBoundingClientRect().width;
        const place = Number(text.getAttribute('textLength'));
        text.removeAttribute('textLength');
        return { text: text.textContent ?? '', place, own: text.getComputedTextLength(), set };
      });
    });
    await page.close();
    return found;
  }

  it.each(['layers', 'volumes'] as const)('%s: is the one within, as wide as was measured', async (style) => {
    const { context } = await openPage((await startServer()).url);
    const found = await texts(context, figure({ style, blocks: 'expanded' }));
    expect(found.length).toBeGreaterThan(100);
    // An arrow in a block's name is not in the typeface.
    for (const { text, place, own } of found.filter(({ text }) => !text.includes('→'))) {
      expect(Math.abs(own - place), text).toBeLessThan(0.2);
    }
  });

  it('may be another: its texts are then fitted to their places', async () => {
    const { context } = await openPage((await startServer()).url);
    const foreign = figure({ blocks: 'expanded' })
      .replace(/<style>.*<\/style>/, '')
      .replaceAll(/font-family="[^"]*"/g, 'font-family="DejaVu Serif"');
    const found = await texts(context, foreign);
    expect(found.some(({ own, place }) => own > 1.1 * place)).toBe(true);
    for (const { text, place, set } of found) expect(Math.abs(set - place), text).toBeLessThan(1.5);
  });

  it('is in the PNG, which is the SVG as a browser draws it', async () => {
    const { page } = await openPage((await startServer()).url);
    const svg = figure({ style: 'volumes' });
    const [within, again, without] = await page.evaluate(
      async (figures) => {
        const drawn: string[] = [];
        for (const text of figures) {
          const image = new Image();
          image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
          await image.decode();
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
          canvas.getContext('2d')?.drawImage(image, 0, 0);
          drawn.push(canvas.toDataURL());
        }
        return drawn;
      },
      [svg, svg, svg.replace(/<style>.*<\/style>/, '')],
    );
    expect(again).toBe(within);
    expect(without).not.toBe(within);
  });
});

describe.each([
  ['light', { dark: false, width: 1280, height: 720 }],
  ['dark', { dark: true, width: 1280, height: 720 }],
  ['small', { dark: false, width: 960, height: 600 }],
])('%s', (look, options) => {
  it('the dialog and the bar are in order', async () => {
    const { page } = await openPage((await startServer()).url, options);
    await choose(page, /^LeNet-5/);
    const bar = page.locator('header');
    const within = await bar.evaluate((element) => element.scrollWidth <= element.clientWidth);
    expect(within, 'the bar fits').toBe(true);
    const icon = await button(page, 'Export diagram').boundingBox();
    expect((icon?.x ?? 0) + (icon?.width ?? 0)).toBeLessThanOrEqual(options.width);
    await keepScreenshot(page, `diagram-${look}-bar`);
    await button(page, 'Export diagram').click();
    await size(page);
    const fits = await dialog(page).evaluate(
      (element) => element.scrollWidth <= element.clientWidth && element.scrollHeight <= element.clientHeight,
    );
    expect(fits, 'nothing of the dialog has to be scrolled to').toBe(true);
    await keepScreenshot(page, `diagram-${look}-layers`);
    await pick(page, 'Style', 'Volumes');
    await size(page);
    await keepScreenshot(page, `diagram-${look}-volumes`);
  });

  it('the dialog of a design with blocks is in order', async () => {
    const { page } = await openPage((await startServer()).url, options);
    await choose(page, / resnet50 /);
    await button(page, 'Export diagram').click();
    const [, collapsed] = await size(page);
    await pick(page, 'Blocks', 'Expanded');
    expect((await size(page))[1]).toBeGreaterThan(collapsed);
    const fits = await dialog(page).evaluate(
      (element) => element.scrollWidth <= element.clientWidth && element.scrollHeight <= element.clientHeight,
    );
    expect(fits, 'nothing of the dialog has to be scrolled to').toBe(true);
    await keepScreenshot(page, `diagram-${look}-blocks`);
    await pick(page, 'Blocks', 'First of each');
    await pick(page, 'Style', 'Volumes');
    await size(page);
    await keepScreenshot(page, `diagram-${look}-blocks-once`);
  });
});
