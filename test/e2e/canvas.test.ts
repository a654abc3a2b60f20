/** Quick ways to change a drawing: into a connection, another kind, several layers at once, in place; and notes. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { button, canvas, choose, node, palette, setField, settings, shows } from './page.ts';

withBrowser();

async function openLenet(options = {}): Promise<Page> {
  const { page } = await openPage((await startServer()).url, options);
  await choose(page, /^LeNet-5/);
  await page.waitForTimeout(300); // the network comes to rest in view
  return page;
}

const fedBy = async (page: Page, layer: string): Promise<string[]> => {
  await node(page, layer).click({ position: { x: 20, y: 6 } });
  return settings(page).getByRole('listitem').allTextContents();
};

async function middle(locator: Locator): Promise<readonly [number, number]> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('not in sight');
  return [box.x + box.width / 2, box.y + box.height / 2];
}

const edgeLabel = (page: Page, volume: string) => page.locator('.react-flow__edge text', { hasText: volume }).first();

async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(from[0] + 10, from[1] + 10);
  await page.mouse.move(...to, { steps: 8 });
}

describe('a connection', () => {
  it('takes a layer that is dropped on it from the palette; what lies behind makes room', async () => {
    const page = await openLenet();
    const before = await node(page, 'RELU relu1').boundingBox();
    await palette(page, 'BATCH NORM').scrollIntoViewIfNeeded();
    await drag(page, await middle(palette(page, 'BATCH NORM')), await middle(edgeLabel(page, '28×28×6')));
    await keepScreenshot(page, 'insert-on-edge');
    expect(await page.locator('.react-flow__edge path[class*="marked"]').count()).toBe(1);
    await page.mouse.up();
    expect(await fedBy(page, 'BATCH NORM bn1')).toEqual(['conv1']);
    expect(await fedBy(page, 'RELU relu1')).toEqual(['bn1']);
    expect((await node(page, 'RELU relu1').boundingBox())!.x - before!.x).toBeGreaterThan(100);
    expect(await page.locator('.react-flow__edge path[class*="marked"]').count()).toBe(0);
    await page.keyboard.press('Control+z');
    await node(page, 'BATCH NORM bn1').waitFor({ state: 'detached' });
    expect(await fedBy(page, 'RELU relu1')).toEqual(['conv1']);
    expect((await node(page, 'RELU relu1').boundingBox())!.x).toBeCloseTo(before!.x, 0);
  });

  it('takes a layer without connections that is dragged onto it, in one step to undo', async () => {
    const page = await openLenet();
    await palette(page, 'DROPOUT').scrollIntoViewIfNeeded();
    await drag(page, await middle(palette(page, 'DROPOUT')), [740, 420]);
    await page.mouse.up();
    await node(page, 'DROPOUT drop1').waitFor();
    const label = await middle(edgeLabel(page, '14×14×6'));
    const [x, y] = await middle(node(page, 'DROPOUT drop1'));
    await drag(page, [x - 50, y - 18], label);
    await page.mouse.up();
    expect(await fedBy(page, 'DROPOUT drop1')).toEqual(['pool1']);
    expect(await fedBy(page, 'CONV conv2')).toEqual(['drop1']);
    await page.keyboard.press('Control+z');
    expect(await fedBy(page, 'CONV conv2')).toEqual(['pool1']);
    await node(page, 'DROPOUT drop1').waitFor();
    // One that has connections is only moved.
    await drag(page, await middle(node(page, 'SOFTMAX softmax1')), await middle(edgeLabel(page, '28×28×6')));
    await page.mouse.up();
    expect(await fedBy(page, 'SOFTMAX softmax1')).toEqual(['fc3']);
    expect(await page.locator('.react-flow__edge').count()).toBe(13);
  });
});

describe('a layer', () => {
  it('is renamed where it stands, by a double click or F2', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv1').getByText('conv1', { exact: true }).dblclick();
    await page.keyboard.type('edges');
    await page.keyboard.press('Enter');
    await node(page, 'CONV edges').click();
    await page.keyboard.press('F2');
    await page.keyboard.type('conv2');
    await shows(node(page, 'CONV edges'), 'Another layer has this name.');
    // It stays while something else has the focus.
    await settings(page).getByLabel('Filters (K)', { exact: true }).focus();
    await shows(node(page, 'CONV edges'), 'Another layer has this name.');
    await node(page, 'CONV edges').getByLabel('New name of edges').press('Escape');
    await node(page, 'CONV edges').waitFor();
    await page.keyboard.press('Control+z');
    await node(page, 'CONV conv1').waitFor();
  });

  it('becomes one of another kind, with its connections', async () => {
    const page = await openLenet();
    await node(page, 'MAX POOL pool1').click();
    await settings(page).getByLabel('Kind', { exact: true }).selectOption({ label: 'AVG POOL' });
    await shows(canvas(page), /AVG POOL/);
    expect(await fedBy(page, 'AVG POOL avgpool1').catch(() => fedBy(page, 'AVG POOL pool3'))).toEqual(['relu1']);
    const offered = await settings(page).getByLabel('Kind', { exact: true }).locator('option').allTextContents();
    expect(offered).toContain('MAX POOL');
    expect(offered).not.toContain('INPUT');
    await button(page, 'Undo').click();
    await node(page, 'MAX POOL pool1').waitFor();
  });
});

describe('several layers', () => {
  it('are set together where they have fields in common, in one step to undo', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv1').click();
    await node(page, 'CONV conv2').click({ modifiers: ['Shift'] });
    await shows(settings(page), /2 layers selected.*2 CONV/);
    await shows(settings(page), /Filters \(K\)differs/);
    await setField(page, 'Kernel size (F)', 3);
    await shows(node(page, 'CONV conv1'), /6 · 3×3/);
    await shows(node(page, 'CONV conv2'), /16 · 3×3/);
    await keepScreenshot(page, 'many-layers');
    await page.keyboard.press('Control+z');
    await shows(node(page, 'CONV conv1'), /6 · 5×5/);
    await shows(node(page, 'CONV conv2'), /16 · 5×5/);
  });

  it('are aligned', async () => {
    const page = await openLenet();
    await node(page, 'CONV conv1').click();
    await node(page, 'RELU relu2').click({ modifiers: ['Shift'] });
    await button(page, 'Align tops').click();
    const top = async (name: string) => (await node(page, name).boundingBox())!.y;
    expect(await top('RELU relu2')).toBeCloseTo(await top('CONV conv1'), 0);
    await page.keyboard.press('Control+z');
    expect((await top('RELU relu2')) - (await top('CONV conv1'))).toBeGreaterThan(50);
  });
});

describe('a note', () => {
  it('is written on the canvas, moved, saved and deleted', async () => {
    const server = await startServer();
    const { page } = await openPage(server.url);
    await choose(page, /^LeNet-5/);
    await button(page, 'Add a note').click();
    await page.keyboard.type('Why two CONVs?');
    const note = page.getByRole('textbox', { name: 'Note 1' });
    expect(await note.inputValue()).toBe('Why two CONVs?');
    const before = await note.boundingBox();
    await button(page, 'Move note 1').press('ArrowDown');
    await drag(page, await middle(button(page, 'Move note 1')), [700, 300]);
    await page.mouse.up();
    expect((await note.boundingBox())!.x - before!.x).toBeGreaterThan(100);
    await keepScreenshot(page, 'note');
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.reload();
    expect(await note.inputValue()).toBe('Why two CONVs?');
    await button(page, 'Delete note 1').click();
    await note.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await note.waitFor();
  });
});
