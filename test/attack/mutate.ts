/** Changes what is valid at random, the way that damage and malice do; the same seed changes it in the same way. */
import type { Random } from '#core/random.ts';

/** A thing and how it is changed: `others` are further valid things, of which parts may get into it. */
export type Mutation<T> = (random: Random, valid: T, others: readonly T[]) => T;

export function pick<T>(random: Random, all: readonly T[]): T {
  return all[random.below(all.length)] as T;
}

/** Does one to four of these changes, one after the other. */
function some<T>(random: Random, all: readonly Mutation<T>[], valid: T, others: readonly T[]): T {
  let changed = valid;
  for (let left = 1 + random.below(4); left > 0; left--) changed = pick(random, all)(random, changed, others);
  return changed;
}

/** A stretch of something so long: short ones most often. */
function stretch(random: Random, length: number): { readonly begin: number; readonly end: number } {
  const begin = random.below(length + 1);
  const most = random.uniform() < 0.8 ? 16 : length;
  return { begin, end: Math.min(length, begin + random.below(most + 1)) };
}

/** Bytes that stand at the edges of what numbers can be. */
const EXTREMES = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff] as const;
const WIDTHS = [1, 2, 4, 8] as const;

function overwrite(bytes: Uint8Array, at: number, length: number, value: (i: number) => number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let i = at; i < Math.min(bytes.length, at + length); i++) changed[i] = value(i);
  return changed;
}

const join = (...parts: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

const BYTE_CHANGES: readonly Mutation<Uint8Array>[] = [
  // A bit.
  (random, bytes) =>
    overwrite(bytes, random.below(bytes.length), 1, (i) => (bytes[i] as number) ^ (1 << random.below(8))),
  // A byte, or a number of several, that is as small or as large as it can be; headers are changed most often.
  (random, bytes) => {
    const [at, byte] = [random.below(random.uniform() < 0.5 ? 64 : bytes.length), pick(random, EXTREMES)];
    return overwrite(bytes, at, pick(random, WIDTHS), () => byte);
  },
  (random, bytes) => overwrite(bytes, random.below(bytes.length), pick(random, WIDTHS), () => random.below(256)),
  // A stretch that is put in, left out, doubled.
  (random, bytes) => {
    const at = random.below(bytes.length + 1);
    const added = Uint8Array.from({ length: random.below(64) }, () => random.below(256));
    return join(bytes.subarray(0, at), added, bytes.subarray(at));
  },
  (random, bytes) => {
    const { begin, end } = stretch(random, bytes.length);
    return join(bytes.subarray(0, begin), bytes.subarray(end));
  },
  (random, bytes) => {
    const { begin, end } = stretch(random, bytes.length);
    return join(bytes.subarray(0, end), bytes.subarray(begin));
  },
  // Two stretches that change places.
  (random, bytes) => {
    const [a, b] = [stretch(random, bytes.length), stretch(random, bytes.length)];
    const [first, second] = a.begin < b.begin ? [a, b] : [b, a];
    if (first.end > second.begin) return bytes;
    return join(
      bytes.subarray(0, first.begin),
      bytes.subarray(second.begin, second.end),
      bytes.subarray(first.end, second.begin),
      bytes.subarray(first.begin, first.end),
      bytes.subarray(second.end),
    );
  },
  (random, bytes) => bytes.subarray(0, random.below(bytes.length + 1)),
  // The beginning of this and the end of another.
  (random, bytes, others) => {
    const other = pick(random, [bytes, ...others]);
    return join(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1)));
  },
];

/** Bytes of some format, changed without a look at what they mean. */
export const mutateBytes: Mutation<Uint8Array> = (random, bytes, others) => some(random, BYTE_CHANGES, bytes, others);

/** Numbers as a text may have them; the last are no numbers in JSON. */
const NUMBERS = [
  ...['-1', '0', '-0', '1e308', '-1e308', '1e-308', '9007199254740992', '9007199254740991', '4294967296'],
  ...['2147483648', '65536', '0.5', '-0.5', '1e999', '3', '17', 'NaN', 'Infinity', '-', '1.', '0x10', '1_0'],
] as const;
/** Pieces that mean something to those who read texts. */
const PIECES = [
  ...['{', '}', '[', ']', ',', ':', '"', '\\', '\n', '\0', '\u2028', '\u202e', '\ud800', '\ufeff', 'é', '😀'],
  ...['null', 'true', '""', '{}', '[]', '../', '%', '\\u0000', '"__proto__":{"a":1},', '"constructor":1,'],
  ...['['.repeat(5000), '{"a":'.repeat(5000)],
] as const;

const TEXT_CHANGES: readonly Mutation<string>[] = [
  (random, text) => {
    const found = [...text.matchAll(/-?\d+(\.\d+)?/g)];
    if (found.length === 0) return text;
    const { index, 0: number } = pick(random, found);
    return text.slice(0, index) + pick(random, NUMBERS) + text.slice(index + number.length);
  },
  (random, text) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + pick(random, PIECES) + text.slice(at + random.below(3));
  },
  (random, text) => {
    const { begin, end } = stretch(random, text.length);
    return text.slice(0, begin) + text.slice(end);
  },
  (random, text) => {
    const { begin, end } = stretch(random, text.length);
    return text.slice(0, end) + text.slice(begin);
  },
  (random, text) => text.slice(0, random.below(text.length + 1)),
  (random, text, others) => {
    const other = pick(random, [text, ...others]);
    return text.slice(0, random.below(text.length + 1)) + other.slice(random.below(other.length + 1));
  },
];

/** Text of some format, changed without a look at what it means. */
export const mutateText: Mutation<string> = (random, text, others) => some(random, TEXT_CHANGES, text, others);

/** Values where another one is expected. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, '', ' ', 'x', [], {}, [[]], [null], { a: 1 }, '__proto__', 'constructor', 'toString'],
  ...[-1, 0, -0, 0.5, 1, 3, 64, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 53 - 1, 2 ** 32, 2 ** 31, 65_536, 1e6],
  ...[Number.NaN, Number.POSITIVE_INFINITY, undefined, 'same', '3', '\u202e', '\0', 'a'.repeat(300), [1, 2], [1, 2, 3]],
];

/** One of these values, of its own: it may be changed further. */
const drawn = (random: Random) => copyOf(pick(random, VALUES));

const NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'length', 'toString', '', 'x', '0'] as const;

function deep(random: Random): unknown {
  let value: unknown = drawn(random);
  for (let left = pick(random, [3, 40, 70, 400]); left > 0; left--)
    value = random.uniform() < 0.5 ? [value] : { a: value };
  return value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

/** All lists and objects in a value, and the value itself. */
function nodesOf(value: unknown): readonly Record<string, unknown>[] {
  const nodes: Record<string, unknown>[] = [];
  const waiting = [value];
  for (const one of waiting) {
    if (!isPlain(one)) continue;
    nodes.push(one);
    if (nodes.length < 500) for (const part of Object.values(one)) waiting.push(part);
  }
  return nodes;
}

/** Sets a key whatever it is called: `__proto__` as well is one in JSON. */
function put(node: Record<string, unknown>, key: string, value: unknown): void {
  // A list has nothing but its items.
  if (Array.isArray(node) && !/^\d+$/.test(key)) return;
  Object.defineProperty(node, key, { value, enumerable: true, configurable: true, writable: true });
}

function copyOf<T>(value: T): T {
  if (!isPlain(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy = {};
  for (const [key, part] of Object.entries(value)) put(copy, key, copyOf(part));
  return copy as T;
}

type Change = (random: Random, node: Record<string, unknown>, key: string, others: readonly unknown[]) => void;

const VALUE_CHANGES: readonly Change[] = [
  (random, node, key) => put(node, key, drawn(random)),
  (random, node, key) => put(node, key, drawn(random)),
  (random, node, key) => put(node, key, deep(random)),
  (_, node, key) => void (Array.isArray(node) ? node.splice(Number(key), 1) : delete node[key]),
  (random, node, key) => {
    const value = node[key];
    if (!Array.isArray(node)) delete node[key];
    put(node, pick(random, NAMES), value);
  },
  (random, node) => {
    if (Array.isArray(node)) node.push(copyOf(pick(random, node)));
    else put(node, pick(random, NAMES), drawn(random));
  },
  // A text that is near to what it was.
  (random, node, key) => {
    if (typeof node[key] === 'string') put(node, key, mutateText(random, node[key], []));
  },
  // A part of another value.
  (random, node, key, others) => {
    const found = pick(random, nodesOf(pick(random, [node, ...others])));
    put(node, key, copyOf(found));
  },
];

/** A value that JSON or a message may hold, changed in its structure. */
export function mutateValue(random: Random, valid: unknown, others: readonly unknown[] = []): unknown {
  // Around it, so that the value itself can be another one.
  const root = { value: copyOf(valid) };
  for (let left = 1 + random.below(4); left > 0; left--) {
    const node = random.uniform() < 0.05 ? root : pick(random, nodesOf(root.value).concat(root));
    const key = pick(random, Object.keys(node).length === 0 ? ['0'] : Object.keys(node));
    pick(random, VALUE_CHANGES)(random, node, key, others);
  }
  return root.value;
}

/** Numbers that most things may have: what is accepted is used. */
const USUAL = ['0', '1', '2', '3', '5', '7', '28', '64', '300', '0.5'] as const;

/** Other numbers and words, in so few places that it often stays valid. */
function mutateGently(random: Random, text: string): string {
  const places = [...text.matchAll(/-?\d+(\.\d+)?|true|false|"same"/g)];
  const chosen = new Set(Array.from({ length: 1 + random.below(3) }, () => random.below(places.length)));
  let [written, from] = ['', 0];
  for (const [i, { index, 0: found }] of places.entries()) {
    if (!chosen.has(i)) continue;
    const value = /\d/.test(found) ? pick(random, USUAL) : pick(random, ['true', 'false', '"same"']);
    written += text.slice(from, index) + value;
    from = index + found.length;
  }
  return written + text.slice(from);
}

/** A text of JSON: changed in its structure, in some of its values, or as text, or with a key that stands twice. */
export const mutateJson: Mutation<string> = (random, text, others) => {
  const way = random.uniform();
  if (way < 0.25) return mutateText(random, text, others);
  if (way < 0.5) return mutateGently(random, text);
  const value = mutateValue(
    random,
    JSON.parse(text),
    random.uniform() < 0.1 ? others.map((one) => JSON.parse(one)) : [],
  );
  const written = JSON.stringify(value) ?? 'undefined';
  if (way > 0.9) return written.replace(/"(\w+)":/g, (key) => (random.uniform() < 0.05 ? `${key}null,${key}` : key));
  return written;
};
