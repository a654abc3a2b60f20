/** Paths that lead to no plain file, and data sets that lie about their size: refused at once, whatever they are. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openFile, readFileUpTo } from '#disk/regular-file.ts';
import { readIdx } from '#main/datasets/idx.ts';
import type { ImageDecoder } from '#main/datasets/image-decoder.ts';
import { DataSets } from '#main/datasets/source.ts';
import { WorkerDecoder } from '#main/datasets/worker-decoder.ts';
import { readTensors, writeTensors } from '#main/files/safetensors.ts';
import { idxBytes } from '../../idx-files.ts';
import { temporaryFolder } from '../../temporary.ts';

const onWindows = process.platform === 'win32';

/** What a path may lead to that is no plain file. */
const KINDS: { readonly [kind: string]: (path: string) => Promise<void> } = {
  'a folder': async (path) => mkdirSync(path),
  'a named pipe': async (path) => void execFileSync('mkfifo', [path]),
  'a socket': (path) =>
    new Promise((resolve) => {
      const server = createServer().listen(path, resolve);
      onTestFinished(() => void server.close());
    }),
  'a device': async (path) => symlinkSync('/dev/zero', path),
  'a link to a named pipe': async (path) => {
    execFileSync('mkfifo', [`${path}.pipe`]);
    symlinkSync(`${path}.pipe`, path);
  },
  'a terminal': async (path) => symlinkSync('/dev/tty', path),
  'a link to itself': async (path) => symlinkSync(path, path),
  'a link to nothing': async (path) => symlinkSync(`${path}.nothing`, path),
};

describe('a path with a character that no name can hold', () => {
  it('leads to no file', async () => {
    const path = join(temporaryFolder(), 'a\0b');
    await expect(readFileUpTo(path, 100)).rejects.toThrow('Its name holds a character that no name can hold.');
  });
});

describe.skipIf(onWindows).each(Object.entries(KINDS))('%s', (_, make) => {
  const REASON = /^It (is|does not|may not) .*\.$/;

  it('is no file', async () => {
    const path = join(temporaryFolder(), 'x');
    await make(path);
    await expect(openFile(path)).rejects.toThrow(REASON);
    await expect(readFileUpTo(path, 100)).rejects.toThrow(REASON);
    await expect(readTensors(path)).rejects.toThrow(REASON);
  });

  it('in place of an IDX file', async () => {
    const folder = temporaryFolder();
    await make(join(folder, 'train-images-idx3-ubyte'));
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), idxBytes([1], Uint8Array.of(1)));
    const reading = new DataSets().read({ type: 'folder', path: folder });
    await expect(reading).rejects.toThrow(/^train-images-idx3-ubyte cannot be read: It /);
  });

  it('in place of the names of classes', async () => {
    const folder = temporaryFolder();
    await make(join(folder, 'emnist-letters-mapping.txt'));
    writeFileSync(join(folder, 'emnist-letters-train-images-idx3-ubyte'), idxBytes([2, 1, 1], Uint8Array.of(1, 2)));
    writeFileSync(join(folder, 'emnist-letters-train-labels-idx1-ubyte'), idxBytes([2], Uint8Array.of(0, 1)));
    const set = await new DataSets().read({ type: 'folder', path: folder });
    expect(set.classNames).toEqual(['0', '1']);
  });

  it('in place of an image', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a'));
    await make(join(folder, 'a', '1.png'));
    const reading = new DataSets().read({ type: 'folder', path: folder });
    await expect(reading).rejects.toThrow(/1\.png cannot be read: It .*\. Replace it or take it out of the folder\.$/);
  });
});

describe('a file', () => {
  it('is read up to a bound, also where the system makes it up', async () => {
    const path = join(temporaryFolder(), 'x');
    writeFileSync(path, 'abcdef');
    expect(String(await readFileUpTo(path, 6))).toBe('abcdef');
    await expect(readFileUpTo(path, 5)).rejects.toThrow('It has 6 bytes; at most 5 are read.');
    if (process.platform !== 'linux') return;
    expect(String(await readFileUpTo('/proc/self/status', 100_000))).toContain('Name:');
    await expect(readFileUpTo('/proc/self/status', 10)).rejects.toThrow('more than 10 bytes; at most 10 are read');
  });
});

describe('an IDX file', () => {
  const zipped = (header: readonly number[], data: Uint8Array) => {
    const path = join(temporaryFolder(), 'x.gz');
    writeFileSync(path, gzipSync(idxBytes(header, data), { level: 9 }));
    return path;
  };
  const arrayBytes = () => process.memoryUsage().arrayBuffers;

  it('that unpacks to more than its header promises is refused when it does, not when it has', async () => {
    const path = zipped([10, 28, 28], new Uint8Array(400e6));
    const before = arrayBytes();
    await expect(readIdx(path, 3)).rejects.toThrow(
      'x.gz holds more than it says: its header promises 10 × 28 × 28 = 7840',
    );
    expect(arrayBytes() - before).toBeLessThan(50e6);
  });

  it('that promises far more than a set of images packs into its bytes is refused by its header', async () => {
    const path = zipped([2_000_000, 28, 28], new Uint8Array(1000));
    await expect(readIdx(path, 3)).rejects.toThrow('promises to unpack to 1568000000, which no set of images does');
  });

  it('that promises more than an array can hold is refused, packed or not', async () => {
    const path = zipped([0xffffffff, 0xffffffff, 0xffffffff], new Uint8Array(10));
    await expect(readIdx(path, 3)).rejects.toThrow(/bytes; at most 2147483647 are read/);
  });

  it('that stops in the middle of what it packs is damaged, not too large', async () => {
    const path = join(temporaryFolder(), 'x.gz');
    writeFileSync(path, gzipSync(idxBytes([100, 28, 28], randomBytes(78400))).subarray(0, 3000));
    await expect(readIdx(path, 3)).rejects.toThrow('cannot be unpacked: it is damaged or was cut off');
  });
});

describe('a safetensors file', () => {
  const write = (header: unknown, bytes: number) => {
    const path = join(temporaryFolder(), 'x.safetensors');
    const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(bytes)]));
    return path;
  };

  it.each([
    ['an empty file', '', 0, 'It is no safetensors file.'],
    ['text', 'this is a text', 0, 'It is no safetensors file.'],
    ['deep lists', '['.repeat(3000) + ']'.repeat(3000), 0, 'It is no safetensors file.'],
    [
      'a tensor of another type',
      { a: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } },
      2,
      '"a" is no tensor of float32',
    ],
    ['a tensor that is none', { a: 7 }, 0, '"a" is no tensor of float32 numbers.'],
    ['words that are none', { __metadata__: { a: 7 } }, 0, 'What it says about its tensors is no list of texts.'],
    ['more numbers than bytes', { a: { dtype: 'F32', shape: [9], data_offsets: [0, 36] } }, 8, 'It was cut off.'],
    [
      'nonsense sizes',
      { a: { dtype: 'F32', shape: [2 ** 50, 2 ** 50], data_offsets: [0, 8] } },
      8,
      'not as many numbers',
    ],
  ])('of %s is refused in a sentence', async (_, header, bytes, message) => {
    await expect(readTensors(write(header, bytes))).rejects.toThrow(message);
  });

  it('whose tensors share their bytes takes no more memory than it has bytes', async () => {
    const one = { dtype: 'F32', shape: [1e6], data_offsets: [0, 4e6] };
    const header = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`t${i}`, one]));
    await expect(readTensors(write(header, 4e6))).rejects.toThrow('more numbers than it holds');
  });

  it('that is whole is read', async () => {
    const path = join(temporaryFolder(), 'x.safetensors');
    const tensors = new Map([['a', { dtype: 'float32' as const, dims: [2], data: Float32Array.of(1, 2) }]]);
    await writeTensors(path, { tensors, metadata: { b: 'c' } });
    expect((await readTensors(path)).tensors.get('a')?.data).toEqual(Float32Array.of(1, 2));
  });
});

/** A thread that does this with every image. */
function workerThat(does: string): URL {
  const path = join(temporaryFolder(), 'worker.mjs');
  writeFileSync(
    path,
    `import { parentPort } from 'node:worker_threads'; parentPort.on('message', (m) => { ${does} });`,
  );
  return pathToFileURL(path);
}

describe('the thread that decodes images', () => {
  const answer = `parentPort.postMessage({ ok: true, image: { height: 1, width: 1, rgb: new Uint8Array(3), own: { height: 1, width: 1 } } });`;

  it.each([
    ['never ends', 'for (;;);', 'It takes more than 0.3 seconds to decode.'],
    [
      'takes all memory',
      'const a = []; for (;;) a.push(new Array(1000).fill(0.5));',
      'It takes too much memory to decode.',
    ],
    ['breaks', 'null.x;', 'It cannot be decoded.'],
    ['ends', 'process.exit(3);', 'It cannot be decoded.'],
  ])('is ended where an image %s, and the next image is decoded', async (kind, does, message) => {
    const longest = kind === 'never ends' ? 300 : 20_000;
    const decoder = new WorkerDecoder(workerThat(`if (m.path === 'bad') { ${does} } else { ${answer} }`), longest);
    onTestFinished(() => decoder.close());
    await expect(decoder.decode('bad', undefined)).rejects.toThrow(message);
    expect(await decoder.decode('good', undefined)).toMatchObject({ width: 1 });
  });

  it('is ended when it is closed, in the middle of an image', async () => {
    const decoder = new WorkerDecoder(workerThat('for (;;);'));
    const decoding = expect(decoder.decode('x', undefined)).rejects.toThrow('reading was stopped');
    await decoder.close();
    await decoding;
    await expect(decoder.decode('y', undefined)).rejects.toThrow('reading was stopped');
  });
});

describe('reading a data set', () => {
  /** A folder of two classes, and a decoder that never gives an image; resolves when it was closed. */
  function setUp() {
    const folder = temporaryFolder();
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, '1.png'), encode({ width: 1, height: 1, data: new Uint8Array(3), channels: 3 }));
    }
    let [start, close]: (() => void)[] = [];
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    const openDecoder = (): ImageDecoder => {
      let fail: (error: Error) => void = () => undefined;
      return {
        decode: () =>
          new Promise((_, reject) => {
            fail = reject;
            start?.();
          }),
        close: async () => {
          fail(new Error('It was not read.'));
          close?.();
        },
      };
    };
    const source = { type: 'folder', path: folder } as const;
    return { sets: new DataSets({ openDecoder }), source, started, closed };
  }

  it('ends when nobody waits for it any more, and begins anew', async () => {
    const { sets, source, started, closed } = setUp();
    const [first, second] = [new AbortController(), new AbortController()];
    const readings = [sets.read(source, first.signal), sets.read(source, second.signal)];
    await started;
    first.abort();
    await expect(readings[0]).rejects.toThrow('Reading the data set was stopped.');
    second.abort();
    await expect(readings[1]).rejects.toThrow('Reading the data set was stopped.');
    await closed;
    const third = new AbortController();
    const again = sets.read(source, third.signal);
    third.abort();
    await expect(again).rejects.toThrow('was stopped');
  });

  it('goes on for those who still wait', async () => {
    const { sets, source, started, closed } = setUp();
    const controller = new AbortController();
    const stopped = sets.read(source, controller.signal);
    const waiting = sets.read(source).catch(() => 'failed');
    await started;
    controller.abort();
    await expect(stopped).rejects.toThrow('was stopped');
    const first = await Promise.race([closed.then(() => 'closed'), waiting, new Promise((r) => setTimeout(r, 200))]);
    expect(first).toBeUndefined();
  });

  it('is not begun for somebody who has already gone', async () => {
    const { sets, source } = setUp();
    await expect(sets.read(source, AbortSignal.abort())).rejects.toThrow('was stopped');
  });
});
