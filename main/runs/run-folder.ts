import { constants } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { dataSource } from '#contract/engine.ts';
import { designId, deviceId, range } from '#contract/schemas.ts';
import { describeFaults, schemaWords } from '#core/schema-words.ts';
import { checkOutputFolder } from '#disk/check-output.ts';
import { type FileSystem, nodeFileSystem } from '#disk/file-system.ts';
import { type Lock, LockedError, lockHolder, takeLock } from '#disk/lock.ts';
import { temporaryName } from '#disk/temporary-files.ts';
import { freeBytes, NO_SPACE, WriteError } from '#disk/write-error.ts';
import { type Contents, linkNew, makeFolder, replaceFile, syncFolder, writeTemporary } from '#disk/write-file.ts';
import { parseJson } from '../files/json-file.ts';
import { readTensorMetadata, readTensors, tensorFileBytes } from '../files/safetensors.ts';
import { Position, positionSchema } from '../training/position.ts';
import type { NamedValues } from '../training/states.ts';
import type { RunHistory } from './history.ts';

/** What a run trains, on what and where: written once, when it begins. */
export const runInfoSchema = z.strictObject({
  format: z.literal('convcanvas-run'),
  version: z.literal(1),
  startedAt: z.iso.datetime(),
  /** The design that it trains; runs of before there were such ids do not say it. */
  design: z.strictObject({ id: designId.optional(), name: z.string() }).optional(),
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

/** What a run's folder says of what is trained. */
export interface RunDescription {
  readonly info: RunInfo;
  /** Text of the design. */
  readonly design: string;
}

/** A run's state on disk. */
export interface Checkpoint {
  readonly position: Position;
  /** The network's tensors and what the optimizer keeps for them. */
  readonly values: NamedValues;
  /** Bytes of the metrics up to here; undefined in those of earlier versions. */
  readonly metricsBytes?: number;
}

/** Whether a run's folder is there and this process's: `gone` where it was deleted, `taken` where others have it. */
export type FolderState = 'ours' | 'gone' | 'taken';

const MAX_BYTES = 16 * 2 ** 20;

/** Files of a run's folder; docs/file-format.md describes them. */
export class RunFolder {
  readonly path: string;
  readonly files: FileSystem;
  #held: Lock | undefined;
  /** Somebody else has taken it since: whatever they write must not be mixed with what is written from here. */
  #isLost = false;
  /** Bytes of the checkpoint written last, or tried. */
  #checkpointBytes = 0;
  /** The disk that it was on when it was taken. */
  #disk: number | undefined;

  constructor(path: string, files: FileSystem = nodeFileSystem) {
    this.path = path;
    this.files = files;
  }

  get metrics(): string {
    return join(this.path, 'metrics.jsonl');
  }

  /** What is shown of the metrics, as of the latest checkpoint. */
  get history(): string {
    return join(this.path, 'history.safetensors');
  }

  /** The latest checkpoint. From the first one on it is there, and whole, at every moment. */
  get checkpoint(): string {
    return join(this.path, 'checkpoint.safetensors');
  }

  /** The one before it. */
  get #previous(): string {
    return join(this.path, 'checkpoint.previous.safetensors');
  }

  get #best(): string {
    return join(this.path, 'best.safetensors');
  }

  get #lock(): string {
    return join(this.path, 'lock');
  }

  /** Bytes of a checkpoint; 0 before the first. */
  get checkpointBytes(): number {
    return this.#checkpointBytes;
  }

  get #info(): string {
    return join(this.path, 'run.json');
  }

  get #design(): string {
    return join(this.path, 'design.convcanvas');
  }

  /** Whether some process trains this run right now. */
  async inUse(): Promise<boolean> {
    return (await lockHolder(this.#lock, this.files)) !== undefined;
  }

  /** Keeps others away. Throws where somebody else is at work here; one that is just ending is waited for. */
  async take(): Promise<void> {
    try {
      this.#held = await takeLock(this.#lock, this.files);
      this.#disk = await this.#diskOf(dirname(this.path));
    } catch (error) {
      throw error instanceof LockedError ? this.#inUseError(error) : error;
    }
  }

  #inUseError({ pid, host, path }: LockedError): Error {
    if (pid === process.pid && host === '') return new Error(`The run in ${this.path} is under way already.`);
    const where = host === '' ? `in another process (${pid})` : `on another computer or in a container (${host})`;
    return new Error(`This run is under way ${where}. Stop it there first; or, if it is not, delete ${path}.`);
  }

  /** Lets others have it. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.release();
  }

  /** Throws where a new run cannot begin in this folder, before anything is done for it. */
  async check(): Promise<void> {
    await this.#checkFree();
    await checkOutputFolder(this.path, this.files);
  }

  async #checkFree(): Promise<void> {
    if (await this.#exists(this.#info)) {
      throw new Error(`${this.path} already holds a run. Give another folder, or resume that run.`);
    }
    for (const path of this.#results) {
      if (!(await this.#exists(path))) continue;
      throw new Error(`${this.path} holds a part of another run (${basename(path)}). Give another folder.`);
    }
  }

  /** What a run writes while it trains. */
  get #results(): readonly string[] {
    return [this.metrics, this.history, this.checkpoint, this.#previous, this.#best];
  }

  /** Begins a run's folder. Where that fails, nothing of it is left. */
  async create({ design, info }: RunDescription): Promise<void> {
    await this.#checkFree();
    await makeFolder(this.path, this.files);
    try {
      await this.take();
      // Somebody else may have begun one while we waited.
      await this.#checkFree();
    } catch (error) {
      await this.release();
      await rmdir(this.path).catch(() => undefined); // unless something is in it
      throw error;
    }
    try {
      await this.#describe({ design, info });
      await syncFolder(dirname(this.path), this.files);
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  /** `run.json` last: with it a folder is a run. */
  async #describe({ design, info }: RunDescription): Promise<void> {
    await this.#write(this.#design, design);
    await this.#write(this.#info, `${JSON.stringify(info, null, 2)}\n`);
  }

  /** Removes a run that was begun here by `create`, where this process still has it; other files in the folder stay. */
  async discard(): Promise<void> {
    if (this.#held !== undefined) {
      for (const path of [this.#info, this.#design, ...this.#results]) {
        await this.files.rm(path, { force: true }).catch(() => undefined);
      }
      await this.release().catch(() => undefined);
    }
    await rmdir(this.path).catch(() => undefined);
  }

  /** Reads what a run trains. Throws where there is no run. */
  async open(): Promise<RunDescription> {
    const found = parseJson(await this.#text('run.json'));
    const info = runInfoSchema.safeParse(found, { error: schemaWords });
    if (!info.success) {
      const fault = found === undefined ? 'it is not JSON, or was cut off' : describeFaults(info.error);
      throw new Error(`${join(this.path, 'run.json')} is damaged: ${fault}.`);
    }
    return { info: info.data, design: await this.#text('design.convcanvas') };
  }

  async #text(name: string): Promise<string> {
    const path = join(this.path, name);
    const found = await this.files.stat(path).catch(() => undefined);
    if (found?.isFile() && found.size <= MAX_BYTES) return this.files.readFile(path, 'utf8');
    if (!(await this.#exists(this.path))) {
      throw new Error(
        `There is no folder ${this.path}: the run was deleted or moved, or its drive is not connected. Put it back, or start a new run.`,
      );
    }
    throw new Error(`${this.path} is no folder of a run: it has no ${name}. Give the folder that --run named.`);
  }

  /** Whether what is written now would still go to this run's folder. */
  async state(): Promise<FolderState> {
    if (this.#held !== undefined && (await this.#held.isHeld())) return 'ours';
    if (!(await this.#exists(this.#info))) return 'gone';
    // Only the lock was deleted, as our own messages advise; unless somebody else has it now, it is taken again.
    if (!this.#isLost) {
      this.#isLost = await this.take().then(
        () => false,
        () => true,
      );
    }
    return this.#isLost ? 'taken' : 'ours';
  }

  /**
   * Makes the folder of a run under way again after it was deleted. Not where the folder that it was in is gone as well, or
   * lies on another disk: its drive was disconnected then, and what is written there would only be in the way later.
   */
  async remake(run: RunDescription): Promise<void> {
    if ((await this.#diskOf(dirname(this.path))) !== this.#disk) {
      throw new WriteError(
        this.path,
        'ENOENT',
        `${this.path} could not be written: its folder is missing, and so is the one around it. Connect its drive again.`,
      );
    }
    await makeFolder(this.path, this.files);
    await this.take();
    await this.#describe(run);
  }

  async #diskOf(folder: string): Promise<number | undefined> {
    return (await this.files.stat(folder).catch(() => undefined))?.dev;
  }

  /** Writes a checkpoint beside the latest, whole, before that becomes the previous one: there is always one. */
  async save({ position, values, metricsBytes }: Checkpoint): Promise<void> {
    const metadata = {
      position: JSON.stringify(position),
      ...(metricsBytes !== undefined && { metricsBytes: String(metricsBytes) }),
    };
    const contents = tensorFileBytes({ tensors: values, metadata });
    this.#checkpointBytes = contents.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const temporary = await this.#writeCheckpoint(contents);
    try {
      await this.#keepPrevious();
    } catch (error) {
      await this.files.rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    await replaceFile(temporary, this.checkpoint, this.files);
  }

  /** Where there is no room for a third checkpoint, the older of the two goes first, if that is enough. */
  async #writeCheckpoint(contents: readonly Uint8Array[]): Promise<string> {
    try {
      return await writeTemporary(this.checkpoint, contents, this.files);
    } catch (error) {
      if (!(error instanceof WriteError) || !NO_SPACE.has(error.code) || !(await this.#makeRoom())) throw error;
      return writeTemporary(this.checkpoint, contents, this.files);
    }
  }

  async #makeRoom(): Promise<boolean> {
    const older = await this.files.stat(this.#previous).catch(() => undefined);
    const free = await freeBytes(this.path, this.files);
    const latest = await readTensorMetadata(this.checkpoint).catch(() => undefined);
    if (older === undefined || free === undefined || latest === undefined || free + older.size < this.#checkpointBytes)
      return false;
    await this.files.rm(this.#previous, { force: true });
    return true;
  }

  async #keepPrevious(): Promise<void> {
    if (!(await this.#exists(this.checkpoint))) return;
    const spare = join(this.path, await temporaryName('checkpoint.previous.safetensors'));
    try {
      if ((await linkNew(this.checkpoint, spare, this.files)) !== 'linked') {
        await this.files.copyFile(this.checkpoint, spare, constants.COPYFILE_FICLONE);
      }
      // Flushed together with the checkpoint's own name.
      await replaceFile(spare, this.#previous, this.files, false);
    } finally {
      // Of two names of one file, a rename leaves both.
      await this.files.rm(spare, { force: true }).catch(() => undefined);
    }
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
    await this.#write(this.#best, tensorFileBytes({ tensors: values, metadata: {} }));
  }

  /** The weights with the lowest validation loss; undefined where they are missing or damaged. */
  async best(): Promise<NamedValues | undefined> {
    const found = await readTensors(this.#best).catch(() => undefined);
    return found?.tensors;
  }

  /** Writes what is shown of the run, so that opening it needs to read only the metrics after the first `bytes`. */
  async saveHistory(history: RunHistory, bytes: number): Promise<void> {
    // Not flushed: a history that a power cut damages is made again from the metrics.
    await this.#write(this.history, tensorFileBytes(history.toFile(bytes)), false);
  }

  /** Writes the metrics anew, thinned out as a history keeps them. */
  async writeMetrics(lines: string): Promise<void> {
    await this.#write(this.metrics, lines);
  }

  /** Not even the folder is made: a run's folder that is gone must not come back as half of one. */
  async #write(path: string, contents: Contents, isFlushed = true): Promise<void> {
    const temporary = await writeTemporary(path, contents, this.files, isFlushed);
    await replaceFile(temporary, path, this.files, isFlushed);
  }

  async #exists(path: string): Promise<boolean> {
    return (await this.files.stat(path).catch(() => undefined)) !== undefined;
  }
}

/** Throws where a checkpoint is missing, cut off or damaged. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readTensors(path);
  const metricsBytes = bytesSchema.safeParse(Number(metadata['metricsBytes'] ?? Number.NaN)).data;
  return {
    position: new Position(positionIn(metadata)),
    values: tensors,
    ...(metricsBytes !== undefined && { metricsBytes }),
  };
}

const bytesSchema = z.int().nonnegative();

function positionIn(metadata: Readonly<Record<string, string>>) {
  return positionSchema.parse(parseJson(metadata['position'] ?? ''));
}
