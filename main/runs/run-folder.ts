import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { dataSource } from '#contract/engine.ts';
import { deviceId, range } from '#contract/schemas.ts';
import { writeFileAtomic } from '#disk/write-file.ts';
import { parseJson } from '../files/json-file.ts';
import { readTensorMetadata, readTensors, writeTensors } from '../files/safetensors.ts';
import { Position, positionSchema } from '../training/position.ts';
import type { NamedValues } from '../training/states.ts';
import { giveLockBack, lockHolder, takeLock } from './lock.ts';

/** What a run trains, on what and where: written once, when it begins. */
export const runInfoSchema = z.strictObject({
  format: z.literal('convcanvas-run'),
  version: z.literal(1),
  startedAt: z.iso.datetime(),
  source: dataSource,
  ranges: z.strictObject({ train: range, validate: range }),
  /** Steps after which to end, whatever the epochs. */
  steps: z.int().positive().optional(),
  /** What decides the losses, beside the design. */
  fingerprint: z.strictObject({
    seed: z.int(),
    data: z.strictObject({ name: z.string(), count: z.int(), sha256: z.string() }),
    device: deviceId,
    versions: z.record(z.string(), z.string()),
  }),
});
export type RunInfo = z.infer<typeof runInfoSchema>;

/** A run's state on disk. */
export interface Checkpoint {
  readonly position: Position;
  /** The network's tensors and what the optimizer keeps for them. */
  readonly values: NamedValues;
}

const MOST_BYTES = 16 * 2 ** 20;

/** Files of a run's folder; docs/file-format.md describes them. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get metrics(): string {
    return join(this.path, 'metrics.jsonl');
  }

  /** The latest checkpoint. */
  get checkpoint(): string {
    return join(this.path, 'checkpoint.safetensors');
  }

  /** The one before it, which stays until the latest is complete. */
  get #previous(): string {
    return join(this.path, 'checkpoint.previous.safetensors');
  }

  get #best(): string {
    return join(this.path, 'best.safetensors');
  }

  get #lock(): string {
    return join(this.path, 'lock');
  }

  /** Whether some process trains this run right now. */
  async inUse(): Promise<boolean> {
    return (await lockHolder(this.#lock)) !== undefined;
  }

  /** Keeps other processes away. Throws where one is at work here. */
  take(): Promise<void> {
    return takeLock(this.#lock);
  }

  giveBack(): Promise<void> {
    return giveLockBack(this.#lock);
  }

  /** Begins a run's folder. */
  async create(design: string, info: RunInfo): Promise<void> {
    if (await exists(join(this.path, 'run.json'))) {
      throw new Error(`${this.path} already holds a run. Give another folder, or resume that run.`);
    }
    await mkdir(this.path, { recursive: true });
    await this.take();
    await writeFileAtomic(join(this.path, 'design.convcanvas'), design);
    await writeFileAtomic(join(this.path, 'run.json'), `${JSON.stringify(info, null, 2)}\n`);
  }

  /** Reads what a run trains. Throws where there is no run. */
  async open(): Promise<{ readonly info: RunInfo; readonly design: string }> {
    const info = runInfoSchema.safeParse(parseJson(await this.#text('run.json')));
    if (!info.success) throw new Error(`${join(this.path, 'run.json')} is damaged: ${z.prettifyError(info.error)}`);
    return { info: info.data, design: await this.#text('design.convcanvas') };
  }

  async #text(name: string): Promise<string> {
    const path = join(this.path, name);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile() || found.size > MOST_BYTES) {
      throw new Error(`${this.path} is no folder of a run: it has no ${name}. Give the folder that --run named.`);
    }
    return readFile(path, 'utf8');
  }

  async save({ position, values }: Checkpoint): Promise<void> {
    if (await exists(this.checkpoint)) await rename(this.checkpoint, this.#previous);
    await writeTensors(this.checkpoint, { tensors: values, metadata: { position: JSON.stringify(position) } });
  }

  /** The latest checkpoint that is whole; undefined where there is none. */
  latest(): Promise<Checkpoint | undefined> {
    return this.#fromLatest(readCheckpoint);
  }

  /** The step of the latest checkpoint, without reading its tensors: they may be large. */
  savedStep(): Promise<number | undefined> {
    return this.#fromLatest(async (path) => positionIn(await readTensorMetadata(path)).step);
  }

  /** What is read of the latest checkpoint, or of the one before it where that one is damaged. */
  async #fromLatest<T>(read: (path: string) => Promise<T>): Promise<T | undefined> {
    for (const path of [this.checkpoint, this.#previous]) {
      const found = await read(path).catch(() => undefined);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async saveBest(values: NamedValues): Promise<void> {
    await writeTensors(this.#best, { tensors: values, metadata: {} });
  }

  async best(): Promise<NamedValues> {
    return (await readTensors(this.#best)).tensors;
  }
}

/** Throws where a checkpoint is missing, cut off or damaged. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readTensors(path);
  return { position: new Position(positionIn(metadata)), values: tensors };
}

function positionIn(metadata: Readonly<Record<string, string>>) {
  return positionSchema.parse(parseJson(metadata['position'] ?? ''));
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
