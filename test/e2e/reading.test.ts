/** While a data set is read, the built training process goes on answering and can be stopped. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { jpegOf } from '../image-bombs.ts';
import { RUN } from '../run-id.ts';
import { temporaryFolder } from '../temporary.ts';
import { startTrainingProcess } from '../training-process.ts';

/** A folder whose every image takes seconds to decode. */
function slowFolder(count: number): string {
  const folder = temporaryFolder();
  const image = jpegOf({ width: 4000, height: 4000, scans: 10 });
  for (const name of ['a', 'b']) {
    mkdirSync(join(folder, name));
    for (let i = 0; i < count; i++) writeFileSync(join(folder, name, `${i}.jpg`), image);
  }
  return folder;
}

function start() {
  const { child, engine } = startTrainingProcess();
  onTestFinished(() => engine.close());
  return { child, engine };
}

const design = formatDesign(findTemplate('lenet5')!.create());

describe('the training process', () => {
  it('answers other calls while an image is decoded', async () => {
    const { engine } = start();
    let described = false;
    const source = { type: 'folder', path: slowFolder(1) } as const;
    const describing = engine.call('data.describe', { source }).then((info) => {
      described = true;
      return info;
    });
    for (let i = 0; i < 50; i++) await engine.call('devices.possible', {});
    expect(described).toBe(false);
    expect(await describing).toMatchObject({ count: 2, shape: [1, 4000, 4000] });
  });

  it('stops a start that still reads its data, and reads the next', async () => {
    const { engine } = start();
    const statuses: string[] = [];
    engine.on('run.status', ({ status }) => statuses.push(status));
    const source = { type: 'folder', path: slowFolder(15) } as const;
    await engine.call('run.start', { run: RUN, design, source, ranges: {}, device: 'cpu' });
    for (let i = 0; i < 20; i++) await engine.call('devices.possible', {});
    await engine.call('run.stop', { run: RUN });
    expect(statuses).toEqual(['preparing', 'stopped']);
    expect(await engine.call('data.describe', { source: { type: 'digits' } })).toMatchObject({ count: 7000 });
    await expect(engine.call('data.describe', { source: { type: 'folder', path: '/nowhere' } })).rejects.toThrow(
      'There is no folder',
    );
  });

  it('ends with its parent in the middle of an image', async () => {
    const { child, engine } = start();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const source = { type: 'folder', path: slowFolder(50) } as const;
    engine.call('data.describe', { source }).catch(() => undefined);
    for (let i = 0; i < 20; i++) await engine.call('devices.possible', {});
    child.disconnect();
    await ended;
  });
});
