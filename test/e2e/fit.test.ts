/** Fit shows all of a network, with nothing of it under the tools or the overview, in windows of all sizes. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { button, cardOf, choose } from './page.ts';

withBrowser();

const WINDOWS = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
  { width: 960, height: 600 },
] as const;

/** What is not to be seen of the nodes: outside of the canvas, or under what lies over it. */
function hidden(): readonly string[] {
  const boxOf = (element: Element) => element.getBoundingClientRect();
  const canvas = document.querySelector('.react-flow');
  if (canvas === null) return ['there is no canvas'];
  const whole = boxOf(canvas);
  const panels = [...document.querySelectorAll('.react-flow__minimap, [role="toolbar"][aria-label="View"]')].map(boxOf);
  if (panels.length !== 2) return [`there are ${panels.length} panels`];
  return [...document.querySelectorAll('.react-flow__node')].flatMap((node) => {
    const name = node.getAttribute('aria-label') ?? '';
    const { left, top, right, bottom } = boxOf(node);
    const isIn = left >= whole.left && top >= whole.top && right <= whole.right && bottom <= whole.bottom;
    const covered = panels.some(
      (panel) => left < panel.right && panel.left < right && top < panel.bottom && panel.top < bottom,
    );
    return [...(isIn ? [] : [`${name} is cut off`]), ...(covered ? [`${name} is covered`] : [])];
  });
}

/** How much of the canvas the nodes reach over, along the side that they fill more of. */
function filled(): number {
  const canvas = document.querySelector('.react-flow')?.getBoundingClientRect();
  const boxes = [...document.querySelectorAll('.react-flow__node')].map((node) => node.getBoundingClientRect());
  const size = (low: readonly number[], high: readonly number[]) => Math.max(...high) - Math.min(...low);
  const width = size(boxes.map(({ left }) => left), boxes.map(({ right }) => right)); // biome-ignore format: a side a line
  const height = size(boxes.map(({ top }) => top), boxes.map(({ bottom }) => bottom)); // biome-ignore format: a side a line
  return Math.max(width / (canvas?.width ?? 1), height / (canvas?.height ?? 1));
}

async function showAll(page: Page): Promise<void> {
  await button(page, 'Fit the network into view').click();
  await page.waitForTimeout(350); // the view comes to rest
}

describe.each(WINDOWS.map((window) => [`${window.width}×${window.height}`, window] as const))('%s', (size, window) => {
  it.each(['lenet5', 'alexnet', 'vgg19', 'googlenet', 'resnet20', 'resnet50'])('%s', async (template) => {
    const { page } = await openPage((await startServer()).url, window);
    await choose(page, cardOf(template));
    await page.waitForTimeout(350);
    expect(await page.evaluate(hidden), 'as it is opened').toEqual([]);
    await showAll(page);
    expect(await page.evaluate(hidden), 'after Fit').toEqual([]);
    expect(await page.evaluate(filled)).toBeGreaterThan(0.6);
    await button(page, 'Auto layout').click();
    await showAll(page);
    expect(await page.evaluate(hidden), 'after Auto layout').toEqual([]);
    expect(await page.evaluate(filled)).toBeGreaterThan(0.6);
    await keepScreenshot(page, `fit-${template}-${size}`);
    const expand = button(page, 'Expand all blocks');
    if (!(await expand.isVisible())) return;
    await expand.click();
    await showAll(page);
    expect(await page.evaluate(hidden), 'with its blocks expanded').toEqual([]);
    await keepScreenshot(page, `fit-${template}-expanded-${size}`);
  });
});

it('brings a layer that is added into view, and not under the overview', async () => {
  const { page } = await openPage((await startServer()).url);
  await choose(page, /blank/i);
  for (let i = 0; i < 24; i++) {
    await page.getByRole('region', { name: 'Layers', exact: true }).getByRole('button', { name: i === 0 ? 'INPUT' : 'CONV', exact: true }).click(); // biome-ignore format: one click
    await page.waitForTimeout(60);
    if (i % 4 === 3) {
      await page.waitForTimeout(300);
      expect(await page.evaluate(hidden), `after ${i + 1} layers`).toEqual([]);
    }
  }
});
