import type { GraphNode } from '#core/onnx/graph.ts';

/** What an operator answered on a device that it does not answer on the CPU. */
export interface WrongOperator {
  readonly node: GraphNode;
  /** Relative to the largest element. */
  readonly difference: number;
}

/** A step as it was computed: its nodes in order, and every value by name. */
export interface Trace {
  readonly nodes: readonly GraphNode[];
  readonly values: ReadonlyMap<string, { readonly data: Float32Array }>;
}

/**
 * The first operator whose answer on a device is not the CPU's: those before it, whose answers it read, gave the same.
 *
 * @param tolerance largest difference, relative to the largest element, that rounding explains
 */
export function findOperator(found: Trace, expected: Trace, tolerance: number): WrongOperator | undefined {
  for (const node of expected.nodes) {
    for (const output of node.outputs) {
      const [a, b] = [found.values.get(output), expected.values.get(output)];
      if (a === undefined || b === undefined) continue;
      const difference = relativeDifference(a.data, b.data);
      if (difference > tolerance) return { node, difference };
    }
  }
  return undefined;
}

/** @param least what the difference is relative to where `expected` is smaller */
export function relativeDifference(found: ArrayLike<number>, expected: ArrayLike<number>, least = 0): number {
  let [difference, scale] = [0, Math.max(least, 1e-6)];
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [found[i] as number, expected[i] as number];
    if (!Number.isFinite(a)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(a - b));
    scale = Math.max(scale, Math.abs(b));
  }
  return difference / scale;
}
