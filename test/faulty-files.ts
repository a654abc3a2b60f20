/** Node's files, with faults where a test wants them: disks that are full, names that cannot be linked, and so on. */
import type { FileHandle } from 'node:fs/promises';
import type { FileSystem } from '#disk/file-system.ts';
import { nodeFileSystem } from '#disk/file-system.ts';

const OPERATIONS = [
  'copyFile',
  'link',
  'lstat',
  'mkdir',
  'open',
  'readFile',
  'realpath',
  'rename',
  'rm',
  'stat',
  'statfs',
] as const satisfies readonly (keyof FileSystem)[];

/** What is done to a file: one of the file system's functions, or a function of an open file. */
export type Operation = (typeof OPERATIONS)[number] | 'append' | 'sync' | 'truncate';

export interface FaultyFiles {
  readonly files: FileSystem;
  /** All that was done, in order. */
  readonly done: { readonly operation: Operation; readonly path: string }[];
  /** Gives the error code with which an operation fails ("ENOSPC"); undefined where it works. */
  fault: (operation: Operation, path: string) => string | undefined;
  /** Share of the bytes that a failing append writes nevertheless. */
  written: number;
}

export function faultyFiles(): FaultyFiles {
  const faulty: FaultyFiles = { files: nodeFileSystem, done: [], fault: () => undefined, written: 0 };
  const check = (operation: Operation, path: string) => {
    faulty.done.push({ operation, path });
    const code = faulty.fault(operation, path);
    if (code !== undefined) throw Object.assign(new Error(`${code}: a fault of the test's, ${operation}`), { code });
  };
  const wrapped = OPERATIONS.map((name) => {
    const original = nodeFileSystem[name] as (...args: readonly unknown[]) => Promise<unknown>;
    const call = async (...args: readonly unknown[]) => {
      check(name, String(args[0]));
      const result = await original(...args);
      return name === 'open' ? faultyHandle(result as FileHandle, String(args[0]), check, faulty) : result;
    };
    return [name, call] as const;
  });
  return Object.assign(faulty, { files: Object.fromEntries(wrapped) as unknown as FileSystem });
}

function faultyHandle(
  handle: FileHandle,
  path: string,
  check: (operation: Operation, path: string) => void,
  faulty: FaultyFiles,
): FileHandle {
  const append = async (data: string | Uint8Array) => {
    try {
      check('append', path);
    } catch (error) {
      const bytes = Buffer.from(data);
      await handle.appendFile(bytes.subarray(0, Math.floor(bytes.length * faulty.written)));
      throw error;
    }
    await handle.appendFile(data);
  };
  const guarded = (operation: Operation, name: 'sync' | 'datasync' | 'truncate') => async (length?: number) => {
    check(operation, path);
    if (name === 'truncate') await handle.truncate(length);
    else await handle[name]();
  };
  const replaced: Partial<Record<string | symbol, unknown>> = {
    appendFile: append,
    writeFile: append,
    sync: guarded('sync', 'sync'),
    datasync: guarded('sync', 'datasync'),
    truncate: guarded('truncate', 'truncate'),
  };
  return new Proxy(handle, {
    get: (target, name) => {
      const found = replaced[name] ?? Reflect.get(target, name, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}
