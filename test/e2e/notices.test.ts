/** The licences of all that ships: found anew in the bundles, and read under About. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { BESIDE } from '../../scripts/notices.mjs';
import { keepScreenshot, openPage, startServer, withBrowser } from './app.ts';
import { button, choose, shows } from './page.ts';
import { built, root } from './paths.ts';

interface Notice {
  readonly name: string;
  readonly version: string;
  readonly identifier: string;
  readonly text: string;
}

const notices = () =>
  JSON.parse(readFileSync(built('renderer/licences/third-party.json'), 'utf8')) as readonly Notice[];
const files = (ending: string) =>
  readdirSync(built(''), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(ending));

/** The folder of the package that a file of node_modules belongs to. */
function packageFolder(source: string): string {
  const [, folder] = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)/.exec(source) ?? [];
  if (folder === undefined) throw new Error(`${source} is in no package.`);
  return folder;
}

/** The folders of all packages that have code in a bundle, as the source maps tell: another way than the build's. */
function bundledPackages(): readonly string[] {
  const sources = files('.map').flatMap((map) => {
    const { sources } = JSON.parse(readFileSync(built(map), 'utf8')) as { sources: readonly string[] };
    return sources.map((source) => resolve(dirname(built(map)), source));
  });
  const foreign = sources.filter((source) => /[\\/]node_modules[\\/]/.test(source));
  return [...new Set(foreign.map(packageFolder))];
}

/** "react 19.3.1" of each package that the notices lack, or have without a text. */
function missing(folders: readonly string[], found: readonly Notice[]): readonly string[] {
  return folders.flatMap((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const notice = found.find((other) => other.name === name && other.version === version);
    return notice !== undefined && notice.text.trim().length > 100 ? [] : `${name} ${version}`;
  });
}

describe('the notices', () => {
  it('have every package of the bundles, and fail to where one is taken out', () => {
    const folders = bundledPackages();
    const all = notices();
    expect(missing(folders, all)).toEqual([]);
    // A check that finds nothing in the bundles would pass, too.
    for (const name of ['react-dom', 'ws', 'onnx-buf', '@xyflow/react']) {
      expect(
        missing(
          folders,
          all.filter((notice) => notice.name !== name),
        ).join(),
      ).toMatch(new RegExp(`^${name} \\d`));
    }
  });

  it('have a source map for each bundle, where it is looked for packages', () => {
    const maps = files('.map');
    const scripts = [...files('.js'), ...files('.cjs')].filter((path) => !/rolldown-runtime/.test(path));
    expect(scripts.length).toBeGreaterThan(5);
    expect(scripts.filter((path) => !maps.includes(`${path}.map`))).toEqual([]);
  });

  it('have what ships beside the bundles, the typeface and the bundler', () => {
    const folders = [...BESIDE, 'rolldown', '@fontsource-variable/inter'].map((name) =>
      join(root, 'node_modules', name),
    );
    expect(missing(folders, notices())).toEqual([]);
    const fonts = files('.woff2').map((path) => basename(path));
    expect(fonts.filter((name) => !name.startsWith('inter-'))).toEqual([]);
    expect(notices().find(({ name }) => name.endsWith('/inter'))?.text).toContain('SIL OPEN FONT LICENSE');
    expect(notices().at(-1)?.text).toContain('protocolbuffers/protobuf');
  });

  it('hand on what is in files called NOTICE', () => {
    for (const folder of [...bundledPackages(), ...BESIDE.map((name) => join(root, 'node_modules', name))]) {
      for (const file of readdirSync(folder).filter((name) => /^notice/i.test(name))) {
        const text = readFileSync(join(folder, file), 'utf8').trim();
        expect(
          notices().some((notice) => notice.text.includes(text)),
          join(folder, file),
        ).toBe(true);
      }
    }
  });

  it('are the same as a text for the packages', () => {
    const text = readFileSync(built('THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const notice of notices()) {
      expect(text).toContain(`\n${notice.name} ${notice.version} (${notice.identifier})\n`);
      expect(text).toContain(notice.text);
    }
  });

  it('keep no text that is no longer wanted', () => {
    const kept = readdirSync(join(root, 'assets/licences')).filter((name) => name.endsWith('.txt'));
    const wanted = notices().map(({ text }) => text);
    for (const name of kept) {
      const text = readFileSync(join(root, 'assets/licences', name), 'utf8').trim();
      expect(
        wanted.some((other) => other.includes(text)),
        name,
      ).toBe(true);
    }
    expect(existsSync(join(root, 'assets/licences/README.md'))).toBe(true);
  });
});

withBrowser();

const dialog = (page: Page) => page.getByRole('dialog', { name: 'About ConvCanvas' });
const party = (page: Page, name: string) =>
  dialog(page)
    .locator('details')
    .filter({ has: page.getByText(name, { exact: true }) });

describe('About', () => {
  it('says what it is, and has the licence of React and of ONNX Runtime', async () => {
    const { page } = await openPage((await startServer()).url);
    await button(page, 'About ConvCanvas').click();
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    await shows(dialog(page), `ConvCanvas ${version}`);
    await shows(dialog(page), /on Node \d+.*Nothing leaves this computer.*MIT licence/);
    await party(page, 'react').locator('summary').click();
    await shows(party(page, 'react').locator('pre'), /Copyright \(c\) Meta Platforms.*WITHOUT WARRANTY/s);
    await page.getByLabel('Name or licence').fill('OnnxRuntime');
    await expect.poll(() => dialog(page).locator('details').count()).toBe(2);
    await party(page, 'onnxruntime-node').locator('summary').click();
    await shows(party(page, 'onnxruntime-node').locator('pre'), /Copyright \(c\) Microsoft Corporation/);
    await page.getByLabel('Name or licence').fill('library holds');
    await dialog(page).locator('summary').click();
    await shows(dialog(page).locator('pre'), /blob\/v[\d.]+\/ThirdPartyNotices\.txt.*Eigen/s);
    await page.getByLabel('Name or licence').fill('no such thing');
    await shows(dialog(page), 'Nothing here is called that.');
  });

  it('opens from the palette, and says so where the licences cannot be read', async () => {
    const { page } = await openPage((await startServer()).url, { expected: /404/ });
    await page.route('**/third-party.json', (route) => route.fulfill({ status: 404, body: '' }));
    await choose(page, /^LeNet-5/);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('licence');
    await page.keyboard.press('Enter');
    await shows(dialog(page).getByRole('alert'), /could not be read/);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
  });

  it.each([
    ['light', false],
    ['dark', true],
  ] as const)('is kept as a picture, %s', async (scheme, dark) => {
    const { page } = await openPage((await startServer()).url, { dark });
    await button(page, 'About ConvCanvas').click();
    await party(page, 'classcat').locator('summary').click();
    await keepScreenshot(page, `about-${scheme}`);
  });
});
