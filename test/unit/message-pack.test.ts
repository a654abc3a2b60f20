import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { packMessage, unpackMessage } from '#contract/message-pack.ts';

/** What the library would also write. */
const free = new Packr({ useRecords: true, moreTypes: true, structuredClone: true });

/** What the program says itself, not the language or the library. */
const SENTENCE = /^(The message .*|Bytes follow the message)\.$/;

describe('messages', () => {
  it('of every kind that the contract has come back as they were', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ maxLength: 100_000 }),
        fc.integer(),
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.constant(null),
        fc.constant(undefined),
        fc.array(tie('value'), { maxLength: 40 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{0,20}$/), tie('value'), { maxKeys: 40, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(value, (message) => {
        expect(JSON.stringify(unpackMessage(packMessage(message)))).toBe(JSON.stringify(message));
      }),
      { numRuns: 300 },
    );
    for (const array of [Uint8Array.of(1, 2), Float32Array.of(1.5), new Uint16Array(70_000), new Float64Array(3)]) {
      expect([...(unpackMessage(packMessage(array)) as Uint8Array)]).toEqual([...array]);
    }
    const call = { type: 'call', id: 7, name: 'designs.save', input: { text: 'x'.repeat(70_000), revision: '' } };
    expect(unpackMessage(packMessage(call))).toEqual(call);
  });

  it.each([
    ['nothing', []],
    ['a list that never ends', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['lists of 30 million, one in the other', Array.from({ length: 20 }, () => [0xdd, 1, 0xc9, 0xc3, 0x80]).flat()],
    ['3,000 lists in each other', [...Array.from({ length: 3000 }, () => 0x91), 0xc0]],
    ['a million lists in each other', [...Array.from({ length: 1_000_000 }, () => 0x91), 0xc0]],
    ['3,000 maps in each other', [...Array.from({ length: 3000 }, () => [0x81, 0xa0]).flat(), 0xc0]],
    ['more values than any message', [0xdd, 0, 0x1e, 0x84, 0x80, ...Array.from({ length: 2_000_000 }, () => 0xc0)]],
    ['a text that was cut off', [0xdb, 0, 0, 0, 9, 0x61]],
    ['a text of 4 GB', [0xdb, 0xff, 0xff, 0xff, 0xff, 0x61]],
    ['bytes that follow', [0xc0, 0xc0]],
    ['the byte that means nothing', [0xc1]],
    ['a record', [0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x01]],
    ['an extension of another program', [0xc7, 1, 0x21, 0x00]],
    ['a length that was cut off', [0xdb, 0, 0]],
    ['a typed array of no kind', [0xc7, 2, 0x74, 0xff, 0x00]],
    ['numbers of 4 bytes in 3', [0xc7, 4, 0x74, 0x08, 1, 2, 3]],
    ['a date', [0xd6, 0xff, 0, 0, 0, 0]],
  ])('%s is none', (_, bytes) => {
    expect(() => unpackMessage(Uint8Array.from(bytes))).toThrow(SENTENCE);
  });

  it.each([
    ['regular expressions', /(a+)+$/],
    ['errors', new Error('x')],
    ['sets', new Set([1])],
    ['records', [{ a: 1 }, { a: 2 }]],
  ])('%s are none', (_, value) => {
    expect(() => unpackMessage(free.pack(value))).toThrow(/another kind|means nothing/);
  });

  it('that are checked are read without a fault, or refused by the library: whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          unpackMessage(bytes);
        } catch (error) {
          expect((error as Error).message).toMatch(SENTENCE);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
