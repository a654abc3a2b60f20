/** The gallery on the start screen, and networks made of blocks on the canvas. */
import { describe, expect, it } from 'vitest';
import { FAMILIES, TEMPLATES } from '#core/templates/index.ts';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { button, canvas, cardOf, choose, node, settings, shows } from './page.ts';

withBrowser();

describe('the start screen', () => {
  it.each([
    ['light', { dark: false }],
    ['dark', { dark: true }],
  ])('shows the templates under their families, each with a picture: %s', async (look, options) => {
    const { page } = await openPage((await startServer()).url, { ...options, height: 1320 });
    for (const family of FAMILIES) {
      const section = page.getByRole('region', { name: family, exact: true });
      for (const { id, title } of TEMPLATES.filter((template) => template.family === family)) {
        const card = section.getByRole('button', { name: cardOf(id) });
        await expect.poll(() => card.locator('svg rect').count()).toBeGreaterThan(5);
        expect((await card.textContent())?.startsWith(title)).toBe(true);
      }
    }
    await keepScreenshot(page, `gallery-${look}`);
  });
});

describe('a template made of blocks', () => {
  it.each([
    ['googlenet', 'block1', 'inception 3a, placed once', 'CONCAT concat1', '28×28×256'],
    ['resnet50', 'block6', 'bottleneck 512, placed 3 times', 'ADD add1', '28×28×512'],
  ])('%s: %s is one node, and can be taken apart', async (id, block, says, last, volume) => {
    const { page } = await openPage((await startServer()).url);
    await choose(page, cardOf(id));
    await shows(page.getByRole('tabpanel'), 'No problems');
    await shows(node(page, `BLOCK ${block}`), volume);
    await node(page, `BLOCK ${block}`).click();
    await shows(settings(page), says);
    await button(page, 'Take apart').click();
    await shows(node(page, last), volume);
    await shows(page.getByRole('tabpanel'), 'No problems');
    await button(page, 'Fit the network into view').click();
    await page.waitForTimeout(300); // the view comes to rest
    const nodes = await canvas(page).locator('.react-flow__node').all();
    const boxes = await Promise.all(nodes.map((one) => one.boundingBox()));
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        const apart = a!.x + a!.width <= b!.x || b!.x + b!.width <= a!.x || a!.y + a!.height <= b!.y;
        expect(apart || b!.y + b!.height <= a!.y).toBe(true);
      }
    }
    await keepScreenshot(page, `apart-${id}`);
    await button(page, 'Undo').click();
    await node(page, `BLOCK ${block}`).waitFor();
  });
});
