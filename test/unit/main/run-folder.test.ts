/** What is in a run's folder at every moment, and what is left where something fails. */
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { type Checkpoint, RunFolder, type RunInfo, readCheckpoint } from '#main/runs/run-folder.ts';
import { Position } from '#main/training/position.ts';
import { type FaultyFiles, faultyFiles } from '../../faulty-files.ts';
import { temporaryFolder } from '../../temporary.ts';

const design = formatDesign(findTemplate('lenet5')!.create());
const info: RunInfo = {
  format: 'convcanvas-run',
  version: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  source: { type: 'digits' },
  ranges: { train: { begin: 0, end: 10 }, validate: { begin: 10, end: 20 } },
  fingerprint: { seed: 1, data: { name: 'digits', count: 20, sha256: '0' }, device: 'cpu', versions: {} },
};

function checkpointOf(step: number): Checkpoint {
  const position = new Position();
  position.step = step;
  const data = new Float32Array(5000).fill(step);
  return {
    position,
    values: new Map([['conv1.weight', { dtype: 'float32', dims: [5000], data }]]),
    metricsBytes: step,
  };
}

const newFolder = (faulty: FaultyFiles = faultyFiles()) => new RunFolder(join(temporaryFolder(), 'run'), faulty.files);
const stepIn = async (path: string) => (await readCheckpoint(path)).position.step;
const previous = (folder: RunFolder) => join(folder.path, 'checkpoint.previous.safetensors');
const KEPT = ['checkpoint.previous.safetensors', 'checkpoint.safetensors'];

describe('checkpoints', () => {
  it.each([
    ['', () => undefined],
    [', on a disk that knows no links as well', (operation: string) => (operation === 'link' ? 'EPERM' : undefined)],
  ])('are there and whole at every moment, from the first one on%s', async (_, fault) => {
    const faulty = faultyFiles();
    const folder = newFolder(faulty);
    mkdirSync(folder.path);
    await folder.save(checkpointOf(1));
    const seen = new Set<string>();
    const path = folder.checkpoint;
    faulty.fault = (operation) => {
      // What a reader would find if the process were killed now.
      seen.add(readFileSync(path, 'base64'));
      return fault(operation);
    };
    for (let step = 2; step <= 5; step++) await folder.save(checkpointOf(step));
    seen.add(readFileSync(path, 'base64'));
    const found = join(temporaryFolder(), 'found');
    const steps: number[] = [];
    for (const contents of seen) {
      writeFileSync(found, contents, 'base64');
      steps.push(await stepIn(found));
    }
    expect(steps).toEqual([1, 2, 3, 4, 5]);
    expect(await stepIn(previous(folder))).toBe(4);
    expect((await readCheckpoint(path)).metricsBytes).toBe(5);
    expect(readdirSync(folder.path).sort()).toEqual(KEPT);
  });

  it('that both names lead to, after a kill in between, are written as ever', async () => {
    const folder = newFolder();
    mkdirSync(folder.path);
    await folder.save(checkpointOf(1));
    linkSync(folder.checkpoint, previous(folder));
    await folder.save(checkpointOf(2));
    expect([await stepIn(previous(folder)), await stepIn(folder.checkpoint)]).toEqual([1, 2]);
    expect(readdirSync(folder.path).sort()).toEqual(KEPT);
  });

  it('stay as they are where the next one cannot be written', async () => {
    const faulty = faultyFiles();
    const folder = newFolder(faulty);
    mkdirSync(folder.path);
    for (const step of [1, 2]) await folder.save(checkpointOf(step));
    for (const failing of ['open', 'sync', 'rename']) {
      faulty.fault = (operation) => (operation === failing ? 'EIO' : undefined);
      await expect(folder.save(checkpointOf(3)), failing).rejects.toThrow('the disk reported an error');
      expect(await stepIn(folder.checkpoint)).toBe(2);
      expect(readdirSync(folder.path).sort()).toEqual(KEPT);
    }
    faulty.fault = () => undefined;
    await folder.save(checkpointOf(4));
    expect(await folder.savedStep()).toBe(4);
  });

  it('do with two where there is no room for three; never with none', async () => {
    const faulty = faultyFiles();
    const folder = newFolder(faulty);
    mkdirSync(folder.path);
    for (const step of [1, 2]) await folder.save(checkpointOf(step));
    faulty.fault = (operation, path) => {
      const isFull = operation === 'append' && path.includes('checkpoint.') && existsSync(previous(folder));
      return isFull ? 'ENOSPC' : undefined;
    };
    await folder.save(checkpointOf(3));
    expect([await stepIn(previous(folder)), await stepIn(folder.checkpoint)]).toEqual([2, 3]);
    // Where the latest is damaged, the one before it is all there is.
    writeFileSync(folder.checkpoint, 'damaged');
    await expect(folder.save(checkpointOf(4))).rejects.toThrow('the disk is full');
    expect(await folder.savedStep()).toBe(2);
  });
});

describe('a folder in which a run begins', () => {
  it.each(['open', 'append', 'link', 'rename', 'sync', 'mkdir'] as const)(
    'is left as it was where %s fails',
    async (failing) => {
      const faulty = faultyFiles();
      const folder = newFolder(faulty);
      let turn = 0;
      // At every place where it may.
      for (let at = 0; at < 30; at++) {
        turn = 0;
        faulty.fault = (operation) => {
          if (operation !== failing) return undefined;
          turn += 1;
          return turn === at + 1 ? 'ENOSPC' : undefined;
        };
        const failure = await folder.create({ design, info }).catch((error: Error) => error);
        if (turn <= at || !(failure instanceof Error)) {
          // It did not get that far, or had another way.
          expect(await folder.open()).toEqual({ design, info });
          await folder.discard();
        } else expect(failure.message).toContain('the disk is full');
        expect(existsSync(folder.path), `${failing} ${at}`).toBe(false);
        if (turn <= at) return;
      }
      throw new Error(`${failing} was never through`);
    },
  );

  it('must not hold a run, nor a part of one: it would go on from weights that are not its own', async () => {
    const folder = newFolder();
    await folder.create({ design, info });
    await folder.save(checkpointOf(1));
    await folder.release();
    await expect(newFolderAt(folder.path).create({ design, info })).rejects.toThrow('already holds a run');
    rmSync(join(folder.path, 'run.json'));
    await expect(newFolderAt(folder.path).create({ design, info })).rejects.toThrow(
      'holds a part of another run (checkpoint.safetensors)',
    );
    expect(await folder.savedStep()).toBe(1);
    rmSync(folder.checkpoint);
    // What a kill while a run began leaves is in nobody's way.
    await newFolderAt(folder.path).create({ design, info });
  });

  it('belongs to one of two that begin at once', { timeout: 60_000 }, async () => {
    for (let turn = 0; turn < 4; turn++) {
      const path = join(temporaryFolder(), 'run');
      const begun = await Promise.allSettled([1, 2].map(() => newFolderAt(path).create({ design, info })));
      expect(begun.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await newFolderAt(path).open()).toEqual({ design, info });
    }
  });

  it('says in plain words what is wrong with what it holds', async () => {
    const folder = newFolder();
    await folder.create({ design, info });
    const path = join(folder.path, 'run.json');
    for (const [text, words] of [
      ['{', 'it is not JSON, or was cut off.'],
      [JSON.stringify({ ...info, startedAt: undefined }), 'startedAt is missing.'],
      [JSON.stringify({ ...info, steps: 'x' }), 'steps needs a number.'],
      [JSON.stringify({ ...info, more: 1 }), 'it has "more", which is not known.'],
    ] as const) {
      writeFileSync(path, text);
      await expect(folder.open()).rejects.toThrow(`${path} is damaged: ${words}`);
    }
  });

  it('that was deleted is said to be, when the run is to go on', async () => {
    const folder = newFolder();
    await expect(folder.open()).rejects.toThrow(`There is no folder ${folder.path}: the run was deleted or moved`);
  });
});

function newFolderAt(path: string): RunFolder {
  return new RunFolder(path);
}
