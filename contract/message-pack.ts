/** Messages as bytes, for a WebSocket: MessagePack, which carries typed arrays as they are. */
import { Packr } from 'msgpackr/index-no-eval';

/** Records are off, so that no message depends on an earlier one. This build of the library makes no code of what it reads. */
const packr = new Packr({ useRecords: false, moreTypes: true, int64AsType: 'number' });

/** Bounds on what a message may make its reader do: the contract's deepest has 6 levels, its longest some 100,000 values. */
const MAX_DEPTH = 32;
const MAX_VALUES = 1_000_000;

/** The library's extensions that the contract's messages use: undefined, and typed arrays. */
const EXTENSIONS: ReadonlySet<number> = new Set([0x00, 0x74]);

export function packMessage(message: unknown): Uint8Array {
  return packr.pack(message);
}

/**
 * Reads one message.
 *
 * @throws Error where the bytes are none, or ask for more than a message needs
 */
export function unpackMessage(bytes: Uint8Array): unknown {
  checkPacked(bytes);
  try {
    return packr.unpack(bytes);
  } catch (cause) {
    throw new Error('The message holds a typed array or a text that is none.', { cause });
  }
}

/** Goes through packed bytes without making anything of them (the format: github.com/msgpack/msgpack/blob/master/spec.md). */
function checkPacked(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Values that are still to come, of each list and map that is open. */
  const open = [1];
  let [at, values] = [0, 0];
  while (open.length > 0) {
    const left = open.pop() as number;
    if (left === 0) continue;
    open.push(left - 1);
    values += 1;
    if (values > MAX_VALUES) throw new Error('The message holds too many values.');
    const { size, children } = at + headBytes(view, at) > bytes.length ? CUT_OFF : valueAt(view, at);
    at += size;
    if (at > bytes.length) throw new Error('The message was cut off.');
    if (children > 0) open.push(children);
    if (open.length > MAX_DEPTH) throw new Error('The message is nested too deep.');
  }
  if (at !== bytes.length) throw new Error('Bytes follow the message.');
}

interface Packed {
  /** Bytes up to the first child, or of all where there are none. */
  readonly size: number;
  readonly children: number;
}

/** Longer than all bytes that there can be. */
const CUT_OFF: Packed = { size: Number.POSITIVE_INFINITY, children: 0 };

/** Bytes that say how long a value is. */
function headBytes(view: DataView, at: number): number {
  const type = at < view.byteLength ? view.getUint8(at) : 0;
  const extension = EXTENSION_LENGTHS[type];
  return 1 + (LENGTHS[type] ?? COUNTS[type]?.bytes ?? (extension === undefined ? 0 : extension.bytes + 1));
}

const leaf = (size: number): Packed => ({ size, children: 0 });

function valueAt(view: DataView, at: number): Packed {
  const type = view.getUint8(at);
  if (type <= 0x7f || type >= 0xe0) return leaf(1); // fixint
  if (type <= 0x8f) return { size: 1, children: 2 * (type & 0x0f) }; // fixmap
  if (type <= 0x9f) return { size: 1, children: type & 0x0f }; // fixarray
  if (type <= 0xbf) return leaf(1 + (type & 0x1f)); // fixstr
  const lengthAt = LENGTHS[type];
  if (lengthAt !== undefined) return leaf(1 + lengthAt + readLength(view, at + 1, lengthAt));
  const count = COUNTS[type];
  if (count !== undefined) {
    return { size: 1 + count.bytes, children: count.each * readLength(view, at + 1, count.bytes) };
  }
  const extension = EXTENSION_LENGTHS[type];
  if (extension !== undefined) {
    const { bytes, fixed } = extension;
    if (!EXTENSIONS.has(view.getUint8(at + 1 + bytes))) throw new Error('The message holds a value of another kind.');
    return leaf(2 + bytes + (fixed ?? readLength(view, at + 1, bytes)));
  }
  const size = SIZES[type];
  if (size === undefined) throw new Error('The message holds a byte that means nothing.');
  return leaf(size);
}

function readLength(view: DataView, at: number, bytes: number): number {
  return bytes === 1 ? view.getUint8(at) : bytes === 2 ? view.getUint16(at) : view.getUint32(at);
}

type Table<T> = { readonly [type: number]: T };

/** Bytes of the length that bin and str begin with. */
const LENGTHS: Table<number> = { 196: 1, 197: 2, 198: 4, 217: 1, 218: 2, 219: 4 };
/** Bytes of the count that arrays and maps begin with, and the values that each item has. */
const COUNTS: Table<{ readonly bytes: number; readonly each: number }> = {
  220: { bytes: 2, each: 1 },
  221: { bytes: 4, each: 1 },
  222: { bytes: 2, each: 2 },
  223: { bytes: 4, each: 2 },
};
/** Extensions: bytes of their length, or their length where the type says it. */
const EXTENSION_LENGTHS: Table<{ readonly bytes: number; readonly fixed?: number }> = {
  199: { bytes: 1 },
  200: { bytes: 2 },
  201: { bytes: 4 },
  212: { bytes: 0, fixed: 1 },
  213: { bytes: 0, fixed: 2 },
  214: { bytes: 0, fixed: 4 },
  215: { bytes: 0, fixed: 8 },
  216: { bytes: 0, fixed: 16 },
};
/** nil, false, true, float32, float64, uint8 to uint64, int8 to int64. */
const SIZES: Table<number> = {
  ...{ 192: 1, 194: 1, 195: 1, 202: 5, 203: 9 },
  ...{ 204: 2, 205: 3, 206: 5, 207: 9, 208: 2, 209: 3, 210: 5, 211: 9 },
};
