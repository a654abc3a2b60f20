import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../graph.ts';
import { intoBlocks } from '../operators/blocked.ts';
import { type Phases, woven } from './phases.ts';

/**
 * Where each value of a graph is in the one that is written for it: in the order of its dimensions, in blocks, in blocks
 * with pixels that are not yet side by side, or several of these. What is asked for is written when it is asked for.
 */
export class Places {
  readonly #types: GraphBuilder;
  readonly #to: GraphBuilder;
  readonly #ordered = new Map<Value, Value>();
  readonly #blocked = new Map<Value, Value>();
  readonly #phased = new Map<Value, Phases>();

  /** @param types knows the values of the graph that is read */
  constructor(types: GraphBuilder, to: GraphBuilder) {
    this.#types = types;
    this.#to = to;
  }

  setOrdered(value: Value, at: Value): void {
    this.#ordered.set(value, at);
  }

  setBlocked(value: Value, at: Value): void {
    this.#blocked.set(value, at);
  }

  setPhased(value: Value, at: Phases): void {
    this.#phased.set(value, at);
  }

  isKnown(value: Value): boolean {
    return this.#ordered.has(value) || this.#blocked.has(value) || this.#phased.has(value);
  }

  isOrdered(value: Value): boolean {
    return this.#ordered.has(value);
  }

  isOnlyInBlocks(value: Value): boolean {
    return this.isKnown(value) && !this.isOrdered(value);
  }

  phases(value: Value): Phases | undefined {
    return this.#phased.get(value);
  }

  inOrder(value: Value): Value {
    const known = this.#ordered.get(value);
    if (known !== undefined) return known;
    if (!this.isKnown(value)) throw new Error(`${value} is read before it is computed`);
    const channels = this.#types.dims(value)[1] as number;
    const made = this.#to.add('ReorderOutput', [this.inBlocks(value)], { channels });
    this.#ordered.set(value, made);
    return made;
  }

  inBlocks(value: Value): Value {
    const known = this.#blocked.get(value);
    if (known !== undefined) return known;
    const phases = this.#phased.get(value);
    const made = phases === undefined ? intoBlocks(this.#to, this.inOrder(value)) : woven(this.#to, phases);
    this.#blocked.set(value, made);
    return made;
  }

  /** As a CONV in one group reads it: in order where it has fewer channels than a block, as its filters then are. */
  forConv(value: Value): Value {
    const channels = this.#types.dims(value)[1] as number;
    return channels < this.#to.target.channelBlock ? this.inOrder(value) : this.inBlocks(value);
  }

  /** A volume in blocks as [N, C/b, H, W, b], so that something of each channel can be broadcast over it. */
  apart(value: Value): Value {
    const [n, , h, w] = this.#types.dims(value) as readonly [number, number, number, number];
    const block = this.#to.target.channelBlock;
    return this.#to.add('Reshape', [this.inBlocks(value), this.#to.ints([n, -1, h, w, block])], {});
  }
}
