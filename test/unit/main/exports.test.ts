import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownTag } from '#disk/temporary-files.ts';
import { removeLeftoversIn } from '#main/files/leftovers.ts';
import { Exports } from '#main/server/exports.ts';
import { temporaryFolder } from '../../temporary.ts';

const LONG_AGO = new Date(Date.now() - 48 * 60 * 60 * 1000);

/** The tag of a process of this system that has ended. */
const deadTag = async () => (await ownTag()).replace(/^\d+-\d+/, '999999999-5');

describe('exported files', () => {
  it('of servers that were killed are removed at the next start; those of living ones stay', async () => {
    const parent = temporaryFolder();
    const living = new Exports(parent);
    const { path } = await living.create('model.onnx');
    writeFileSync(path, 'x');
    const dead = `convcanvas-exports-${await deadTag()}`;
    for (const name of [dead, 'convcanvas-exports-Ab3dE6', 'convcanvas-exports-Zb3dE6', 'others']) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'model.onnx'), 'x');
    }
    // Of an older version's, nobody can say whether its server still runs: after a day it is taken to be gone.
    utimesSync(join(parent, 'convcanvas-exports-Ab3dE6'), LONG_AGO, LONG_AGO);
    await new Exports(parent).removeLeftovers();
    expect(existsSync(path)).toBe(true);
    expect(readdirSync(parent).sort()).toEqual(
      [expect.stringContaining(`convcanvas-exports-${process.pid}-`), 'convcanvas-exports-Zb3dE6', 'others'].sort(),
    );
    await living.close();
    expect(readdirSync(parent).filter((name) => name.includes(`-${process.pid}-`))).toEqual([]);
  });

  it('do not pile up while a server runs', async () => {
    const parent = temporaryFolder();
    const exports = new Exports(parent);
    const downloads: string[] = [];
    for (let i = 0; i < 50; i++) {
      const { path, download } = await exports.create('model.onnx');
      writeFileSync(path, 'x');
      downloads.push(download);
    }
    expect(readdirSync(join(parent, readdirSync(parent)[0]!)).length).toBeLessThanOrEqual(20);
    expect(exports.find(downloads[0]!)).toBeUndefined();
    expect(exports.find(downloads.at(-1)!)).toMatchObject({ name: 'model.onnx' });
    await exports.close();
    expect(readdirSync(parent)).toEqual([]);
  });

  it('have a place again once there is room for one', async () => {
    const parent = join(temporaryFolder(), 'missing');
    const exports = new Exports(parent);
    await expect(exports.create('model.onnx')).rejects.toThrow();
    mkdirSync(parent);
    await exports.create('model.onnx');
    rmSync(parent, { recursive: true });
    await exports.close();
  });
});

describe('what killed processes leave', () => {
  it("is removed from designs, the program's own files and its runs; all else stays", async () => {
    const home = temporaryFolder();
    const folders = { designs: join(home, 'designs'), state: join(home, 'state') };
    const places = [
      folders.designs,
      folders.state,
      join(folders.state, 'runs', 'one'),
      join(folders.state, 'runs', 'two'),
    ];
    const [dead, own] = [`.a.${await deadTag()}.tmp`, `.a.${await ownTag()}.tmp`];
    for (const place of places) {
      mkdirSync(place, { recursive: true });
      for (const name of [dead, own, 'a', '.a']) writeFileSync(join(place, name), 'x');
    }
    await removeLeftoversIn(folders);
    for (const place of places)
      expect(
        readdirSync(place)
          .filter((name) => name !== 'runs')
          .sort(),
      ).toEqual(['.a', own, 'a'].sort());
    await removeLeftoversIn({ designs: join(home, 'nowhere'), state: join(home, 'nowhere') });
  });
});
