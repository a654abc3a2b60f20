/** Lists of designs and data sets that something has damaged: what no call could name is not shown, and stays in the file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataRegistry } from '#main/host/data-registry.ts';
import { Designs } from '#main/host/designs.ts';
import { temporaryFolder } from '../../temporary.ts';

describe('an entry that no call could name', () => {
  it('is no data set', async () => {
    const [state, folder] = [temporaryFolder(), temporaryFolder()];
    const odd = [
      { id: 'a', path: '' },
      { id: '', path: folder },
      { id: 'x'.repeat(101), path: folder },
    ];
    writeFileSync(join(state, 'data-sets.json'), JSON.stringify(odd));
    const data = new DataRegistry(state);
    expect(await data.list()).toHaveLength(1);
    await data.add(folder);
    expect(JSON.parse(readFileSync(join(state, 'data-sets.json'), 'utf8'))).toMatchObject([{ path: folder }, ...odd]);
  });

  it('is no design', async () => {
    const state = temporaryFolder();
    mkdirSync(join(state, 'designs'));
    const path = join(state, 'x.convcanvas');
    writeFileSync(path, '');
    const entry = { id: 'a', path, name: 'x', modified: 1 };
    writeFileSync(join(state, 'designs.json'), JSON.stringify([entry, { ...entry, id: '' }, { ...entry, path: '' }]));
    expect(await new Designs(join(state, 'designs'), state).recent()).toMatchObject([{ id: 'a' }]);
  });
});
