import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { toFileName } from '#core/project/file-name.ts';
import { findTemplate } from '#core/templates/index.ts';
import { writeFileAtomic } from '#disk/write-file.ts';
import { DataRegistry } from '#main/host/data-registry.ts';
import { Designs } from '#main/host/designs.ts';
import { temporaryFolder } from '../../temporary.ts';

const lenet = findTemplate('lenet5')!.create();
const text = (name: string, seed = 1) => formatDesign({ ...lenet, name, training: { ...lenet.training, seed } });

describe('atomic writing', () => {
  it('replaces a file as a whole, also when many write at once', async () => {
    const path = join(temporaryFolder(), 'file');
    const contents = Array.from({ length: 20 }, (_, i) => String(i).repeat(50_000));
    await Promise.all(contents.map((one) => writeFileAtomic(path, one)));
    expect(contents).toContain(readFileSync(path, 'utf8'));
    expect(readdirSync(join(path, '..'))).toEqual(['file']);
  });

  it('leaves nothing behind where it fails', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken', 'inside'), { recursive: true });
    await expect(writeFileAtomic(join(folder, 'taken'), 'x')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe('file names', () => {
  it('are made of what every system takes', () => {
    expect(toFileName('My net: 3/4 <best>?')).toBe('My net 3 4 best');
    expect(toFileName('...')).toBe('Design');
    expect(toFileName('CON')).toBe('Design CON');
    expect(toFileName('x'.repeat(200))).toHaveLength(80);
  });
});

describe('designs on disk', () => {
  const setUp = () => {
    const home = temporaryFolder();
    const folders = [join(home, 'designs'), join(home, 'state')] as const;
    return { designs: new Designs(...folders), again: () => new Designs(...folders), folders };
  };

  it('are created under a free name', async () => {
    const { designs, folders } = setUp();
    await designs.create(text('Net'));
    await designs.create(text('Net'));
    await designs.create(text('Other: one'));
    expect(readdirSync(folders[0]).sort()).toEqual(['Net 2.convcanvas', 'Net.convcanvas', 'Other one.convcanvas']);
  });

  it('are saved, and listed with the latest first, also after a restart', async () => {
    const { designs, again } = setUp();
    const first = await designs.create(text('First'));
    await new Promise((resolve) => setTimeout(resolve, 15));
    await designs.create(text('Second'));
    await new Promise((resolve) => setTimeout(resolve, 15));
    await designs.save(first.id, text('Renamed'), first.revision);
    expect((await again().recent()).map(({ name }) => name)).toEqual(['Renamed', 'Second']);
    expect((await again().open(first.id)).text).toBe(text('Renamed'));
  });

  it('are not overwritten where somebody else has changed them', async () => {
    const { designs } = setUp();
    const opened = await designs.create(text('Net'));
    writeFileSync(opened.path, text('Changed elsewhere'));
    await expect(designs.save(opened.id, text('Net', 2), opened.revision)).rejects.toThrow('was changed by another');
    expect(readFileSync(opened.path, 'utf8')).toBe(text('Changed elsewhere'));
  });

  it('are written again where they were deleted meanwhile', async () => {
    const { designs } = setUp();
    const opened = await designs.create(text('Net'));
    rmSync(opened.path);
    await designs.save(opened.id, text('Net', 2), opened.revision);
    expect(readFileSync(opened.path, 'utf8')).toBe(text('Net', 2));
  });

  it('are never replaced by something that is no design', async () => {
    const { designs } = setUp();
    const opened = await designs.create(text('Net'));
    await expect(designs.save(opened.id, '{"format": "convcanvas"', opened.revision)).rejects.toThrow('not JSON');
    expect(readFileSync(opened.path, 'utf8')).toBe(text('Net'));
    await expect(designs.create('nonsense')).rejects.toThrow();
  });

  it('that are gone leave the list; a list that is damaged is begun anew', async () => {
    const { designs, again, folders } = setUp();
    const opened = await designs.create(text('Net'));
    rmSync(opened.path);
    expect(await designs.recent()).toEqual([]);
    await expect(designs.open(opened.id)).rejects.toThrow('It does not exist');
    writeFileSync(join(folders[1], 'designs.json'), '[{"id": 3}, {');
    expect(await again().recent()).toEqual([]);
  });

  it('are read without being used: the list stays as it is', async () => {
    const { designs, folders } = setUp();
    const first = await designs.create(text('First'));
    await designs.create(text('Second'));
    const list = () => readFileSync(join(folders[1], 'designs.json'), 'utf8');
    const before = list();
    expect(await designs.read(first.id)).toEqual({ text: text('First') });
    expect(list()).toBe(before);
    // Opening it does use it.
    await designs.open(first.id);
    expect(list()).not.toBe(before);
    rmSync(first.path);
    await expect(designs.read(first.id)).rejects.toThrow('It does not exist');
    await expect(designs.read('/etc/passwd')).rejects.toThrow('not on the list');
  });

  it('are known to pages by id only', async () => {
    const { designs } = setUp();
    await expect(designs.open('/etc/passwd')).rejects.toThrow('not on the list');
  });
});

describe('data sets on disk', () => {
  it('are remembered, once each, and forgotten on demand', async () => {
    const state = temporaryFolder();
    const folder = temporaryFolder();
    const registry = new DataRegistry(state);
    const { id } = await registry.add(folder);
    await registry.add(folder);
    expect((await new DataRegistry(state).list()).map(({ location }) => location)).toEqual(['', folder]);
    const reference = { id, name: 'mine' };
    expect(await registry.source(reference)).toEqual({ type: 'folder', path: folder });
    const size = { height: 32, width: 32 };
    expect(await registry.source({ ...reference, size })).toEqual({ type: 'folder', path: folder, size });
    expect(await registry.idOf({ type: 'folder', path: folder, size })).toBe(id);
    await registry.forget(id);
    expect(await registry.list()).toHaveLength(1);
    await expect(registry.source(reference)).rejects.toThrow("The data set mine is not on this computer's list.");
  });

  it('must be folders', async () => {
    await expect(new DataRegistry(temporaryFolder()).add('/nowhere')).rejects.toThrow('There is no folder /nowhere');
  });
});
