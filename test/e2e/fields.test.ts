/** Fields: what is typed is taken or refused, never cut; several layers are set together, whatever each of them has. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary.ts';
import { keepScreenshot, openPage, type PageOptions, startServer, withBrowser } from './app.ts';
import { button, canvas, cardOf, choose, drag, node, palette, setField, settings, shows, tab } from './page.ts';

withBrowser();

async function openLenet(options: PageOptions = {}): Promise<Page> {
  const { page } = await openPage((await startServer()).url, options);
  await choose(page, /^LeNet-5/);
  await page.waitForTimeout(300); // the network comes to rest in view
  return page;
}

/** A field by its label, which may say that its values differ. */
const field = (page: Page, label: string): Locator => {
  const literal = label.replaceAll(/[()]/g, '\\$&');
  return settings(page).getByLabel(new RegExp(`^${literal}(differs)?$`));
};
const setting = (page: Page, label: string): Locator => page.getByRole('tabpanel').getByLabel(label, { exact: true });

/** Types over what stands in a field, key by key. */
async function typeOver(locator: Locator, text: string): Promise<void> {
  await locator.focus();
  await locator.press('ControlOrMeta+a');
  if (text === '') await locator.press('Delete');
  else await locator.pressSequentially(text);
}

/** The words that describe a field to those who cannot see it. */
const description = (locator: Locator): Promise<string> =>
  locator.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' '),
  );

async function expectRefused(locator: Locator, text: string, message: string): Promise<void> {
  expect(await locator.inputValue()).toBe(text);
  expect(await locator.getAttribute('aria-invalid')).toBe('true');
  expect(await description(locator)).toContain(message);
  expect(await locator.page().getByText(message).first().isVisible()).toBe(true);
}

async function expectTaken(locator: Locator, text: string): Promise<void> {
  await expect.poll(() => locator.inputValue()).toBe(text);
  expect(await locator.getAttribute('aria-invalid')).toBe('false');
}

describe('a number', () => {
  it.each(['2.5', '999999999', '2.5.1', '1e', '12abc', '', '0', '-3', '1,000'])(
    '"%s" as a kernel size stays as it is typed, and the old one in force',
    async (typed) => {
      const page = await openLenet();
      await node(page, 'CONV conv2').click();
      const kernel = field(page, 'Kernel size (F)');
      await typeOver(kernel, typed);
      const needed = typed === '1,000' ? 'Type 1000 or 1' : 'Type a whole number from 1 to 1024.';
      await expectRefused(kernel, typed, needed);
      await shows(settings(page), 'Until then it stays 5.');
      await shows(node(page, 'CONV conv2'), '16 · 5×5');
      await shows(node(page, 'CONV conv2'), '10×10×16');
      // Elsewhere, and back.
      await field(page, 'Name').focus();
      await expectRefused(kernel, typed, needed);
      await node(page, 'CONV conv1').click();
      await expectTaken(kernel, '5');
      await node(page, 'CONV conv2').click();
      await expectRefused(kernel, typed, needed);
      await kernel.focus();
      await page.keyboard.press('Escape');
      await expectTaken(kernel, '5');
      await shows(settings(page), 'Name');
      expect(await page.getByText('Until then').count()).toBe(0);
    },
  );

  it('that was refused ends when the value changes from elsewhere, or the layer is gone', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv2').click();
    const kernel = field(page, 'Kernel size (F)');
    await setField(page, 'Kernel size (F)', 3);
    await kernel.press('Enter');
    await typeOver(kernel, '2.5');
    await expectRefused(kernel, '2.5', 'Until then it stays 3.');
    await page.keyboard.press('ControlOrMeta+z');
    await expectTaken(kernel, '5');
    await page.keyboard.press('ControlOrMeta+Shift+z');
    await expectTaken(kernel, '3');
    await typeOver(kernel, '7x');
    await expectRefused(kernel, '7x', 'Until then it stays 3.');
    await button(page, 'Delete').click();
    await palette(page, 'CONV').click();
    await expectTaken(kernel, '3');
    await node(page, 'CONV conv1').click();
    await typeOver(kernel, '7x');
    await button(page, 'Templates').click();
    await choose(page, cardOf('lenet5'));
    await node(page, 'CONV conv1').click();
    await expectTaken(kernel, '5');
  });

  it('is changed by arrow keys and spin buttons, and not by the wheel', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv1').click();
    const filters = field(page, 'Filters (K)');
    await filters.focus();
    for (const key of ['ArrowUp', 'ArrowUp', 'PageUp', 'ArrowDown']) await page.keyboard.press(key);
    await expectTaken(filters, '17');
    await shows(node(page, 'CONV conv1'), '28×28×17');
    await filters.hover();
    for (const by of [100, -100]) await page.mouse.wheel(0, by);
    await page.waitForTimeout(400); // the settings come to rest, which the wheel may scroll
    await expectTaken(filters, '17');
    const box = (await filters.boundingBox())!;
    await page.mouse.click(box.x + box.width - 9, box.y + 7);
    await expectTaken(filters, '18');
    await page.mouse.move(box.x + box.width - 9, box.y + box.height - 7);
    await page.mouse.down();
    await expect.poll(async () => Number(await filters.inputValue())).toBeLessThan(14);
    await page.mouse.up();
    const rest = await filters.inputValue();
    await page.waitForTimeout(200);
    expect(await filters.inputValue()).toBe(rest);
    await typeOver(filters, '12abc');
    await page.keyboard.press('ArrowUp');
    await expectTaken(filters, String(Number(rest) + 1));
  });

  it('that was refused leaves nothing to undo, though its first digit was taken', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv2').click();
    await typeOver(field(page, 'Filters (K)'), '20');
    await field(page, 'Filters (K)').press('Enter');
    const kernel = field(page, 'Kernel size (F)');
    await kernel.focus();
    // Key after key, however busy this machine is: what is further apart is undone apart.
    await kernel.evaluate((input: HTMLInputElement) => {
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
      for (const typed of ['2', '2.', '2.5']) {
        set?.call(input, typed);
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
    });
    await expectRefused(kernel, '2.5', 'Until then it stays 5.');
    await shows(node(page, 'CONV conv2'), '20 · 5×5');
    await page.keyboard.press('ControlOrMeta+z');
    await shows(node(page, 'CONV conv2'), '16 · 5×5');
    expect(await button(page, 'Undo').isDisabled()).toBe(true);
  });

  it('may have a decimal comma, and is one step to undo', async () => {
    const page = await openLenet();
    await tab(page, 'Training').click();
    const rate = setting(page, 'Learning rate');
    const before = await rate.inputValue();
    await typeOver(rate, '0,05');
    await expectTaken(rate, '0,05');
    await page.getByRole('img', { name: /^Learning rate from 0\.05 / }).waitFor();
    await setting(page, 'Epochs').focus();
    await expectTaken(rate, '0.05');
    await rate.focus();
    await page.keyboard.press('ArrowDown');
    await expectTaken(rate, '0.04');
    await page.keyboard.press('ControlOrMeta+z');
    await expectTaken(rate, before);
    await typeOver(rate, '1e-4');
    await page.getByRole('img', { name: /^Learning rate from 0\.0001 / }).waitFor();
  });

  it('refused in a section that is folded up is counted there; it is still there after another tab was shown', async () => {
    const page = await openLenet();
    await tab(page, 'Training').click();
    const section = page.getByRole('tabpanel').locator('summary', { hasText: 'Augmentation' });
    await section.click();
    await typeOver(setting(page, 'Crop padding'), '4.5');
    await expectRefused(
      setting(page, 'Crop padding'),
      '4.5',
      'Type a whole number from 0 to 64. Until then it stays 0.',
    );
    await typeOver(setting(page, 'Rotation (°)'), '200');
    await shows(section, '2 refused');
    await keepScreenshot(page, 'fields-refused-training');
    await section.click();
    expect(await setting(page, 'Crop padding').isVisible()).toBe(false);
    await shows(section, '2 refused');
    await tab(page, 'Ledger').click();
    await tab(page, 'Training').click();
    await shows(section, '2 refused');
    await section.click();
    await expectRefused(setting(page, 'Crop padding'), '4.5', 'Until then it stays 0.');
    await typeOver(setting(page, 'Crop padding'), '4');
    await shows(section, '1 refused');
  });

  it('of a pair is refused by itself', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv1').click();
    await settings(page).getByRole('button', { name: 'Separate height and width' }).first().click();
    const height = field(page, 'Kernel size (F), height');
    await typeOver(height, '3,5');
    await expectRefused(height, '3,5', 'Type a whole number from 1 to 1024. Until then it stays 5.');
    await typeOver(field(page, 'Kernel size (F)'), '3');
    await shows(node(page, 'CONV conv1'), '6 · 3×5');
    await expectRefused(height, '3,5', 'Until then it stays 5.');
    await node(page, 'CONV conv2').click();
    await node(page, 'CONV conv1').click();
    await expectRefused(height, '3,5', 'Until then it stays 5.');
  });

  it('for each channel: a list with points or commas; what may be two things is refused', async () => {
    const page = await openLenet();
    await node(page, 'INPUT input').click();
    await setField(page, 'Depth (D)', 3);
    const mean = field(page, 'Subtract (mean)');
    for (const typed of ['123.7, 116.3, 103.5', '123,7; 116,3; 103,5', '123,7 116,3 103,5', '1,2,3']) {
      await typeOver(mean, typed);
      await expectTaken(mean, typed);
      await shows(node(page, 'INPUT input'), '28×28×3');
    }
    await mean.press('Enter');
    await expectTaken(mean, '1, 2, 3');
    await typeOver(mean, '0,5');
    await expectRefused(mean, '0,5', 'Type 0.5 or 0, 5: "0,5" may mean both. Until then it stays 1, 2, 3.');
    await typeOver(mean, '12abc');
    await expectRefused(mean, '12abc', 'Type one number, or one for each channel');
    await node(page, 'CONV conv1').click();
    await node(page, 'INPUT input').click();
    await expectRefused(mean, '12abc', 'Until then it stays 1, 2, 3.');
  });

  it('refused in the dialog of the pattern keeps it from being made', async () => {
    const { page } = await openPage((await startServer()).url);
    await page.getByRole('button', { name: /pattern/i }).click();
    const dialog = page.getByRole('dialog');
    const rounds = dialog.getByLabel('M: rounds', { exact: true });
    await typeOver(rounds, '99');
    await expectRefused(rounds, '99', 'Type a whole number from 1 to 10. Until then it stays 3.');
    await dialog.getByRole('button', { name: 'Create' }).click();
    expect(await rounds.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Escape');
    await expectTaken(rounds, '3');
    await typeOver(rounds, '2');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await canvas(page).waitFor();
    await button(page, 'Templates').click();
    await page.getByRole('button', { name: /pattern/i }).click();
    await expectTaken(rounds, '3');
  });

  it('refused as the size of images keeps them as they are', async () => {
    const { page } = await openPage((await startServer()).url);
    const folder = join(temporaryFolder(), 'pictures');
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, name), { recursive: true });
      for (let i = 0; i < 6; i++) {
        const [width, height] = [20 + i, 24];
        const data = new Uint8Array(width * height * 3).fill(30 * i);
        writeFileSync(join(folder, name, `${i}.png`), encode({ width, height, data, channels: 3, depth: 8 }));
      }
    }
    await choose(page, /^LeNet-5/);
    await tab(page, 'Training').click();
    await page.getByLabel('Data set').selectOption({ label: 'Add a folder…' });
    await page.getByLabel('Folder on this computer').fill(folder);
    await button(page, 'Add').click();
    const side = setting(page, 'Picture size');
    await side.waitFor();
    const before = await side.inputValue();
    await typeOver(side, '28.5');
    await expectRefused(side, '28.5', `Type a whole number from 1 to 1024. Until then it stays ${before}.`);
    await page.keyboard.press('Enter');
    await expectRefused(side, '28.5', `Until then it stays ${before}.`);
    await typeOver(side, '28');
    await button(page, 'Resize').click();
    await shows(page.getByRole('tabpanel'), '28×28×1, 2 classes');
  });
});

describe('a name', () => {
  it('that is refused stays, and the old one in force', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv1').click();
    const name = field(page, 'Name');
    await typeOver(name, 'conv2');
    await expectRefused(name, 'conv2', 'Another layer has this name. Until then it stays conv1.');
    await node(page, 'CONV conv1').waitFor();
    await tab(page, 'Problems').click();
    await shows(page.getByRole('tabpanel'), 'No problems');
    await field(page, 'Filters (K)').focus();
    await node(page, 'CONV conv2').click();
    await node(page, 'CONV conv1').click();
    await expectRefused(name, 'conv2', 'Another layer has this name.');
    const long = 'a'.repeat(70);
    await name.fill(long);
    await expectRefused(name, long, 'A name has 1 to 64 characters');
    await typeOver(name, 'edges');
    await node(page, 'CONV edges').waitFor();
  });
});

describe('several layers that differ', () => {
  /** Both CONVs of LeNet-5: 6 filters with padding 2, 16 with padding 0. */
  async function bothConvs(page: Page): Promise<void> {
    await node(page, 'CONV conv1').click();
    await node(page, 'CONV conv2').click({ modifiers: ['Shift'] });
    await shows(settings(page), '2 layers selected');
  }

  it('show that they do, and all take the value that the first has', async () => {
    const page = await openLenet();
    await bothConvs(page);
    const filters = field(page, 'Filters (K)');
    expect(await filters.inputValue()).toBe('');
    expect(await filters.getAttribute('placeholder')).toBe('—');
    await keepScreenshot(page, 'fields-several');
    await typeOver(filters, '6');
    await shows(node(page, 'CONV conv2'), '6 · 5×5');
    await shows(node(page, 'CONV conv1'), '6 · 5×5');
    await expectTaken(filters, '6');
    await page.keyboard.press('ControlOrMeta+z');
    await shows(node(page, 'CONV conv2'), '16 · 5×5');
    // What is refused leaves each as it was, also after a digit that was taken.
    await typeOver(filters, '9.5');
    await expectRefused(filters, '9.5', 'Until then nothing changes.');
    await shows(node(page, 'CONV conv1'), '6 · 5×5');
    await shows(node(page, 'CONV conv2'), '16 · 5×5');
  });

  it('take a flag, a choice and padding that only the first has', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv2').click();
    await field(page, 'Bias').uncheck();
    await field(page, 'First weights').selectOption('zeros');
    await settings(page).getByLabel('same', { exact: true }).check();
    await bothConvs(page);
    const state = (box: Locator) => box.evaluate((input: HTMLInputElement) => [input.checked, input.indeterminate]);
    expect(await state(field(page, 'Bias'))).toEqual([false, true]);
    await field(page, 'Bias').click();
    expect(await state(field(page, 'Bias'))).toEqual([true, false]);
    const initializer = field(page, 'First weights');
    expect(await initializer.inputValue()).toBe('');
    await initializer.selectOption('he');
    const same = settings(page).getByLabel('same', { exact: true });
    expect(await state(same)).toEqual([false, true]);
    await typeOver(field(page, 'Padding (P)'), '2');
    expect(await state(same)).toEqual([false, false]);
    await node(page, 'CONV conv2').click();
    expect(await state(field(page, 'Bias'))).toEqual([true, false]);
    expect(await field(page, 'First weights').inputValue()).toBe('he');
    await expectTaken(field(page, 'Padding (P)'), '2');
  });

  it('keep the other side of a pair, each its own', async () => {
    const page = await openLenet();
    for (const [layer, width] of [
      ['CONV conv1', 3],
      ['CONV conv2', 1],
    ] as const) {
      await node(page, layer).click();
      await settings(page).getByRole('button', { name: 'Separate height and width' }).first().click();
      await setField(page, 'Kernel size (F)', width);
    }
    await bothConvs(page);
    const [height, width] = [field(page, 'Kernel size (F), height'), field(page, 'Kernel size (F)')];
    await expectTaken(height, '5');
    expect(await width.getAttribute('placeholder')).toBe('—');
    await typeOver(height, '4');
    await shows(node(page, 'CONV conv1'), '6 · 3×4');
    await shows(node(page, 'CONV conv2'), '16 · 1×4');
    await typeOver(width, '3');
    await shows(node(page, 'CONV conv2'), '16 · 3×4');
  });
});

describe('the clipboard', () => {
  it('holds the layers that were framed, and not what is written on the page', async () => {
    const page = await openLenet();
    const nodes = await page.locator('.react-flow__node').count();
    // Where text was clicked on before, Shift marks all from there on.
    await page.getByText('No problems: the network can be trained.').click();
    const first = (await node(page, 'INPUT input').boundingBox())!;
    const third = (await node(page, 'RELU relu1').boundingBox())!;
    await page.keyboard.down('Shift');
    await page.locator('.react-flow__pane.selection').waitFor();
    await drag(
      page,
      { x: first.x - 12, y: first.y - 12 },
      { x: third.x + third.width / 2, y: third.y + third.height + 12 },
    );
    await page.keyboard.up('Shift');
    await shows(settings(page), '3 layers selected');
    await page.keyboard.press('ControlOrMeta+c');
    await page.keyboard.press('ControlOrMeta+v');
    await expect.poll(() => page.locator('.react-flow__node').count()).toBe(nodes + 3);
  });

  it('holds the layers that were selected after text was marked, and the text that was marked after them', async () => {
    const page = await openLenet();
    const nodes = await page.locator('.react-flow__node').count();
    const mark = () => page.getByText('No problems: the network can be trained.').click({ clickCount: 3 });
    const copied = () =>
      page.evaluate(() => {
        const event = new ClipboardEvent('copy', {
          clipboardData: new DataTransfer(),
          bubbles: true,
          cancelable: true,
        });
        document.activeElement?.dispatchEvent(event);
        return event.clipboardData?.getData('text/plain') ?? '';
      });
    await mark();
    await node(page, 'CONV conv1').click();
    expect(await copied()).toContain('Copied layers');
    await mark();
    expect(await copied()).toBe('');
    await node(page, 'CONV conv2').click();
    await page.keyboard.press('ControlOrMeta+c');
    await page.keyboard.press('ControlOrMeta+v');
    await expect.poll(() => page.locator('.react-flow__node').count()).toBe(nodes + 1);
  });
});
