/** Blocks on the canvas: expanded in place, read, collapsed again. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { button, canvas, cardOf, choose, node, settings, shows, status } from './page.ts';

withBrowser();

async function openResNet(page: Page): Promise<void> {
  await choose(page, cardOf('resnet50'));
  await node(page, 'BLOCK block16').waitFor();
}

/** Where every node of the canvas lies in the network, by its id. */
function places(page: Page): Promise<{ readonly [id: string]: string }> {
  return canvas(page)
    .locator('.react-flow__node')
    .evaluateAll((nodes) =>
      Object.fromEntries(nodes.map((one) => [one.getAttribute('data-id'), (one as HTMLElement).style.transform])),
    );
}

const showButton = (page: Page, block: string): Locator => button(page, `Show the layers of ${block}`);
const hideButton = (page: Page, block: string): Locator => button(page, `Hide the layers of ${block}`);

/** The volumes on the connections of the canvas, in no order. */
function volumes(page: Page): Promise<readonly string[]> {
  return canvas(page).locator('.react-flow__edge text').allTextContents();
}

/** Waits until the last change is saved. */
async function saved(page: Page): Promise<void> {
  await page.getByText('Saved', { exact: true }).waitFor();
}

describe('an expanded block', () => {
  it('shows its layers with their volumes and the working of their numbers; collapsing puts all back', async () => {
    const { page } = await openPage((await startServer()).url);
    await openResNet(page);
    const before = await places(page);
    await node(page, 'BLOCK block2').click();
    await settings(page).getByRole('button', { name: 'Show its layers' }).click();
    await node(page, 'CONV block2/conv1').waitFor();
    const shown = await places(page);
    expect(Object.keys(shown).length).toBe(Object.keys(before).length + 10);
    expect(shown['block3']).not.toBe(before['block3']);
    expect(shown['block1']?.split('px')[0]).toBe(before['block1']?.split('px')[0]);
    await shows(node(page, 'CONV block2/conv1'), '56×56×64');
    await shows(node(page, 'CONV block2/conv1'), '16.4k params');
    await shows(node(page, 'ADD block2/add1'), '56×56×256');
    // From the side of the frame to its first CONV and to ADD, past the others.
    expect((await volumes(page)).filter((volume) => volume === '56×56×256').length).toBeGreaterThanOrEqual(6);

    await node(page, 'CONV block2/conv2').getByTitle('Params of block2/conv2: show the working').click();
    const working = page.getByRole('dialog');
    await shows(working, '36,864');
    await page.keyboard.press('Escape');

    await hideButton(page, 'block2').click();
    await node(page, 'CONV block2/conv1').waitFor({ state: 'detached' });
    expect(await places(page)).toEqual(before);
  });

  it('is one step to undo, and stays as it is when the page is opened again', async () => {
    const { page } = await openPage((await startServer()).url);
    await openResNet(page);
    const before = await places(page);
    await showButton(page, 'block5').click();
    await node(page, 'ADD block5/add1').waitFor();
    const shown = await places(page);
    await page.keyboard.press('Control+z');
    await node(page, 'ADD block5/add1').waitFor({ state: 'detached' });
    expect(await places(page)).toEqual(before);
    await page.keyboard.press('Control+Shift+z');
    await node(page, 'ADD block5/add1').waitFor();
    expect(await places(page)).toEqual(shown);
    await saved(page);
    await page.reload();
    await node(page, 'ADD block5/add1').waitFor();
    expect(await places(page)).toEqual(shown);
    await hideButton(page, 'block5').click();
    await node(page, 'ADD block5/add1').waitFor({ state: 'detached' });
    expect(await places(page)).toEqual(before);
  });

  it('takes what the pointer does to its layers', async () => {
    const { page } = await openPage((await startServer()).url);
    await openResNet(page);
    await node(page, 'BLOCK block2').dblclick({ position: { x: 60, y: 10 } });
    const inner = node(page, 'BATCH NORM block2/bn1');
    await inner.waitFor();
    await page.mouse.click(10, 700);
    const { x, y, width } = (await inner.boundingBox())!;
    const spot = { x: x + width / 2, y: y + 8 };
    await page.mouse.click(spot.x, spot.y);
    await settings(page).getByRole('button', { name: 'Hide its layers' }).waitFor();
    const before = await places(page);
    await page.mouse.move(spot.x, spot.y);
    await page.mouse.down();
    await page.mouse.move(spot.x + 40, spot.y + 30, { steps: 6 });
    await page.mouse.up();
    const after = await places(page);
    const moved = Object.keys(before).filter((id) => before[id] !== after[id]);
    expect(moved.sort()).toEqual(
      Object.keys(before)
        .filter((id) => id.startsWith('block2/') || id === 'block2')
        .sort(),
    );
    await page.keyboard.press('Control+z');
    expect(await places(page)).toEqual(before);
    await page.mouse.dblclick(spot.x, spot.y);
    await inner.waitFor({ state: 'detached' });
    // Deleting takes the whole block.
    await showButton(page, 'block2').click();
    await inner.waitFor();
    await node(page, 'BLOCK block2').focus();
    await page.keyboard.press('Delete');
    await inner.waitFor({ state: 'detached' });
    expect(await node(page, 'BLOCK block2').count()).toBe(0);
  });

  it('can be trained, laid out and taken apart; all expand and collapse together', async () => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, cardOf('lenet5'));
    expect(await button(page, 'Expand all blocks').count()).toBe(0);
    await button(page, 'Templates').click();
    await openResNet(page);
    const before = await places(page);
    await button(page, 'Expand all blocks').click();
    await node(page, 'RELU block16/relu3').waitFor();
    // No problem of the network: what it asks for are images of its size.
    await shows(status(page), 'Choose a data set.');
    await button(page, 'Collapse all blocks').click();
    await node(page, 'RELU block16/relu3').waitFor({ state: 'detached' });
    expect(await places(page)).toEqual(before);

    await showButton(page, 'block2').click();
    await button(page, 'Auto layout').click();
    const shown = await places(page);
    await node(page, 'BLOCK block2').click({ position: { x: 20, y: 10 } });
    await settings(page).getByRole('button', { name: 'Take apart' }).click();
    const apart = node(page, 'CONV conv2');
    await apart.waitFor();
    expect((await places(page))['conv2']).toBe(shown['block2/conv1']);
  });
});

it.each([
  ['light', false],
  ['dark', true],
])('%s: pictures for people to look at', async (look, dark) => {
  const { page } = await openPage((await startServer()).url, { dark });
  await openResNet(page);
  await page.waitForTimeout(300);
  await keepScreenshot(page, `${look}-blocks-collapsed`);
  await showButton(page, 'block2').click();
  await node(page, 'CONV block2/conv1').waitFor();
  await page.waitForTimeout(300);
  await keepScreenshot(page, `${look}-blocks-expanded`);
  await button(page, 'Expand all blocks').click();
  await page.waitForTimeout(500);
  await keepScreenshot(page, `${look}-blocks-all-expanded`);
});
