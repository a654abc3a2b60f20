/** Lists that the program keeps: what it cannot read is never overwritten. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ListFile } from '#main/files/list-file.ts';
import { temporaryFolder } from '../../temporary.ts';

const schema = z.object({ id: z.string() });

function newList(text?: string) {
  const folder = temporaryFolder();
  const path = join(folder, 'list.json');
  if (text !== undefined) writeFileSync(path, text);
  const list = new ListFile(path, schema);
  const beside = () => readdirSync(folder).filter((name) => name !== 'list.json');
  return { folder, path, list, beside, onDisk: () => JSON.parse(readFileSync(path, 'utf8')) as unknown };
}

const add = (id: string) => (items: readonly z.infer<typeof schema>[]) => [{ id }, ...items];

describe('a list in a file', () => {
  it('is empty at first, and is read again later', async () => {
    const { list, path, beside } = newList();
    expect(await list.items()).toEqual([]);
    await list.change(add('a'));
    expect(await new ListFile(path, schema).items()).toEqual([{ id: 'a' }]);
    expect(beside()).toEqual([]);
  });

  it('loses no change of those made at once', async () => {
    const { list, onDisk } = newList('[{"id":"old"}]');
    await Promise.all(['a', 'b', 'c'].map((id) => list.change(add(id))));
    expect(onDisk()).toEqual([{ id: 'c' }, { id: 'b' }, { id: 'a' }, { id: 'old' }]);
  });

  it('keeps a file beside it that is nested so deep that it could not be written again', async () => {
    const { list, beside, onDisk } = newList(`${'['.repeat(9000)}${']'.repeat(9000)}`);
    await list.change(add('a'));
    expect(onDisk()).toEqual([{ id: 'a' }]);
    expect(beside()).toHaveLength(1);
  });

  it('keeps items that this version does not understand', async () => {
    const { list, onDisk, beside } = newList('[{"id":"a"},{"id":7},{"uuid":"x"}]');
    await list.change(add('b'));
    await list.change((items) => items.filter(({ id }) => id !== 'a'));
    expect(onDisk()).toEqual([{ id: 'b' }, { id: 7 }, { uuid: 'x' }]);
    expect(beside()).toEqual([]);
  });

  it.each([
    ['cut off', '[{"id":"a"},{"id'],
    ['something else', '{"version":2,"items":[]}'],
  ])('that is %s stays beside the new one, untouched by reading', async (_, text) => {
    const { folder, list, path, beside, onDisk } = newList(text);
    expect(await list.items()).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe(text);
    await list.change(add('new'));
    await list.change(add('newer'));
    expect(onDisk()).toEqual([{ id: 'newer' }, { id: 'new' }]);
    expect(beside()).toEqual([expect.stringMatching(/^list\.json\.damaged-\d{4}-/)]);
    expect(readFileSync(join(folder, beside()[0]!), 'utf8')).toBe(text);
  });

  it('that cannot be opened stays as well', async () => {
    const { list, path, beside, onDisk } = newList();
    mkdirSync(path);
    expect(await list.items()).toEqual([]);
    await list.change(add('a'));
    expect(onDisk()).toEqual([{ id: 'a' }]);
    expect(beside()).toHaveLength(1);
  });

  it('that could not be written is as it was', async () => {
    const { folder, list } = newList('[{"id":"a"}]');
    await list.items();
    const gone = new ListFile(join(folder, 'list.json', 'below', 'list.json'), schema);
    await expect(gone.change(add('b'))).rejects.toThrow();
    expect(await gone.items()).toEqual([]);
  });
});
