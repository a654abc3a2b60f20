import type { FileHandle } from 'node:fs/promises';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { explainWriteError, type WriteError } from './write-error.ts';

export interface LineWriterOptions<T> {
  format(item: T): string;
  /** Makes about half as many items of these, where so many wait that they would fill the memory. */
  thin(items: readonly T[]): readonly T[];
  /** Called with why a write failed, each time. */
  onFailure(error: WriteError): void;
  /** Called when a write went well. */
  onSuccess(): void;
  /** Looks after the file's folder before the file is opened; throws where there is none to write to. */
  prepare?(): Promise<void>;
  readonly files?: FileSystem;
  /** Items that may wait to be written. */
  readonly maxWaiting?: number;
}

/** Items that may wait: some 30 MB of a run's steps. */
const MAX_WAITING = 2 ** 18;
/** Items written at once. */
const BATCH = 4096;
/** Milliseconds after which a write that failed is tried again: twice as long each time. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;
/** Bytes read at once in search of the last line's end. */
const CHUNK = 64 * 1024;

const NEWLINE = 0x0a;

/**
 * Appends lines to a file in the order of the calls, without anybody waiting. A write that fails is tried again with
 * growing pauses for as long as it takes; the file is first brought back to its last whole line, so that it never holds
 * half of one in its middle, nor one twice. What waits is bounded: beyond that it is thinned.
 */
export class LineWriter<T> {
  readonly path: string;
  readonly #options: LineWriterOptions<T>;
  readonly #files: FileSystem;
  #waiting: T[] = [];
  /** Of those that wait, the first ones that are being written. */
  #inFlight = 0;
  #writing: Promise<boolean> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #pause = FIRST_PAUSE;
  #file: FileHandle | undefined;
  /** Bytes of whole lines in the file; undefined before it was opened. */
  #bytes: number | undefined;
  #isClosed = false;

  constructor(path: string, options: LineWriterOptions<T>) {
    this.path = path;
    this.#options = options;
    this.#files = options.files ?? nodeFileSystem;
  }

  /** Bytes of the lines in the file. */
  get bytes(): number {
    return this.#bytes ?? 0;
  }

  /** Items that are not in the file yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  append(items: readonly T[]): void {
    if (this.#isClosed) return;
    for (const item of items) this.#waiting.push(item);
    if (this.#waiting.length > (this.#options.maxWaiting ?? MAX_WAITING)) this.#thin();
    if (this.#retry === undefined) void this.#start();
  }

  /**
   * Tries once, now, to have all on the disk that was appended so far.
   *
   * @returns whether it is there
   */
  async flush(): Promise<boolean> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    // A write under way may have begun before the last items came.
    await this.#writing;
    if (!(await this.#start())) return false;
    try {
      await this.#file?.datasync();
      return true;
    } catch (error) {
      await this.#failed(error, 0);
      return false;
    }
  }

  /** Takes away what waits, for somebody who writes the whole file anew; to be called in `prepare` only. */
  takeWaiting(): readonly T[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#bytes = undefined;
    return taken;
  }

  /** Gives back what could not be written after all. */
  putBack(items: readonly T[]): void {
    this.#waiting = [...items, ...this.#waiting];
  }

  /** Tries a last time. Resolves with whether all is on the disk. */
  async close(): Promise<boolean> {
    const done = await this.flush();
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    await this.#release();
    return done;
  }

  #start(): Promise<boolean> {
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  /** Writes until nothing waits. Ends in the same turn in which it sees that, so that no later item is overlooked. */
  async #writeAll(): Promise<boolean> {
    let bytes = 0;
    try {
      do {
        const file = await this.#open();
        this.#inFlight = Math.min(BATCH, this.#waiting.length);
        const text = this.#waiting.slice(0, this.#inFlight).map((item) => `${this.#options.format(item)}\n`);
        const lines = Buffer.from(text.join(''));
        bytes = lines.length;
        await file.appendFile(lines);
        this.#bytes = (this.#bytes ?? 0) + bytes;
        this.#waiting.splice(0, this.#inFlight);
        this.#inFlight = 0;
      } while (this.#waiting.length > 0);
      this.#pause = FIRST_PAUSE;
      this.#options.onSuccess();
      return true;
    } catch (error) {
      this.#inFlight = 0;
      await this.#failed(error, bytes);
      return false;
    } finally {
      this.#writing = undefined;
    }
  }

  async #failed(error: unknown, bytes: number): Promise<void> {
    // The next try opens the file anew: it may have become another one, or the disk another disk.
    await this.#release();
    this.#options.onFailure(await explainWriteError(error, this.path, bytes, this.#files));
    if (this.#isClosed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#start();
    }, this.#pause);
    this.#retry.unref();
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  async #release(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }

  /** The file, at the end of its last whole line. */
  async #open(): Promise<FileHandle> {
    if (this.#file !== undefined && (await isAt(this.#file, this.path, this.#files))) return this.#file;
    await this.#release();
    await this.#options.prepare?.();
    const file = await this.#files.open(this.path, 'a+');
    this.#file = file;
    const { size } = await file.stat();
    const whole = Math.min(await wholeLines(file, size), this.#bytes ?? Number.POSITIVE_INFINITY);
    if (whole < size) await file.truncate(whole);
    this.#bytes = whole;
    return file;
  }

  #thin(): void {
    const flying = this.#waiting.slice(0, this.#inFlight);
    this.#waiting = [...flying, ...this.#options.thin(this.#waiting.slice(this.#inFlight))];
  }
}

/** Whether an open file is still what its path leads to: it may have been deleted, or replaced. */
async function isAt(file: FileHandle, path: string, files: FileSystem): Promise<boolean> {
  const [own, there] = await Promise.all([file.stat(), files.stat(path).catch(() => undefined)]);
  return there !== undefined && own.ino === there.ino && own.dev === there.dev;
}

/** Bytes of a file up to the end of its last whole line. */
async function wholeLines(file: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; ) {
    const begin = Math.max(0, end - CHUNK);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - begin), 0, end - begin, begin);
    if (bytesRead < end - begin) throw new Error('The file changed while it was read.');
    const at = buffer.lastIndexOf(NEWLINE);
    if (at >= 0) return begin + at + 1;
    end = begin;
  }
  return 0;
}
