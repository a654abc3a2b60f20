/**
 * Random networks of all kinds, with branches: the gradient of every tensor, as one training step computes it, agrees
 * with central differences in float64 (test/oracle/reference.ts shares no code with the gradients).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAYERS } from '#core/layers/index.ts';
import { propagate } from '#core/network/propagate.ts';
import { toBlocked } from '#core/onnx/blocked/lower.ts';
import { CPU_TARGET } from '#core/onnx/builder.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { randomStream } from '#core/random.ts';
import { compileTraining, STEP, scalarName, slotName } from '#core/training/program.ts';
import { backend } from '#main/training/backend.ts';
import { upTo } from '../../oracle/gradient-check.ts';
import { runOrt } from '../../oracle/ort.ts';
import { type Array64, array64, evaluate } from '../../oracle/reference.ts';
import { BODY_KINDS, type Drawing, randomNetwork } from '../../random-networks.ts';

const NETWORKS = 200;
const BATCH = 4;
const CLASSES = 3;
/** Elements of each tensor that are checked. */
const CHECKED = 3;

/** What the networks see. ZERO PAD and POOL come more often: the runtime merges them. */
const DRAWING = {
  layers: 7,
  classes: CLASSES,
  input: { channels: 2, height: 5, width: 4, mean: 100, scale: 60 },
  kinds: [...BODY_KINDS, 'ZeroPadding2D', 'AveragePooling2D', 'MaxPooling2D', 'Conv2D'],
  largest: 200,
} as const satisfies Drawing;

/** Compares one network; answers the kinds in it, and how many slopes were compared and corners met. */
async function compare(seed: number) {
  const random = randomStream(seed, 'network');
  const network = randomNetwork(seed, DRAWING);
  const report = propagate(network);
  expect(report.problems).toEqual([]);
  const { graph, states, randoms } = compileTraining(network, report, BATCH, CPU_TARGET);
  const feeds: Record<string, Array64> = {};
  const fill = (dims: readonly number[], value: (i: number) => number) =>
    array64(
      dims,
      Array.from({ length: elementCount(dims) }, (_, i) => value(i)),
    );
  feeds['pixels'] = fill([BATCH, 2, 5, 4], () => Math.floor(random.uniform() * 256));
  feeds[STEP.target] = fill([BATCH, CLASSES], (i) => Number(i % CLASSES === Math.floor(i / CLASSES)));
  for (const name of ['learningRate', 'momentum', 'weightDecay']) feeds[scalarName(name)] = array64([], [0]);
  for (const { name, type } of randoms) feeds[name] = fill(type.dims, () => (random.uniform() < 0.5 ? 0 : 2));
  for (const { name, dims, role, tensor } of states) {
    const { initializer, role: kind } = tensor.spec;
    const constant = initializer.type === 'constant' ? initializer.value : 0;
    feeds[name] = fill(dims, () => (role === 'slot' ? 0 : kind === 'buffer' ? 1 : constant + 0.4 * random.gaussian()));
  }
  const forward = upTo(graph, STEP.loss);
  const lossWith = (name: string, at: number, value: number) => {
    const changed = Float64Array.from(feeds[name]!.data);
    changed[at] = value;
    return evaluate(forward, { ...feeds, [name]: { dims: feeds[name]!.dims, data: changed } }).get(STEP.loss)!.data[0]!;
  };
  const exact = evaluate(graph, feeds);
  const inOrt = await runOrt(graph, feeds);
  // Blocks for every CONV, however few its channels.
  const blocked = await backend('cpu').target();
  const lowered = toBlocked(compileTraining(network, report, BATCH, blocked).graph, blocked, Infinity);
  const inBlocks = await runOrt(lowered, feeds);
  let [slopes, corners] = [0, 0];
  for (const { name, tensor, role } of states) {
    if (role === 'slot' || tensor.spec.role === 'buffer') continue;
    const next = `${slotName(name, 'velocity')}.next`;
    const [gradient, found] = [exact.get(next)!.data, inOrt.get(next)!.data];
    const blockwise = inBlocks.get(next)!.data;
    const scale = Math.max(1e-3, ...gradient.map(Math.abs));
    for (let i = 0; i < CHECKED; i++) {
      const at = Math.floor(random.uniform() * gradient.length);
      const value = feeds[name]!.data[at]!;
      const step = 1e-6;
      const [below, here, above] = [-step, 0, step].map((by) => lossWith(name, at, value + by)) as [
        number,
        number,
        number,
      ];
      const [left, right] = [(here - below) / step, (above - here) / step];
      // Where the two sides differ there is a corner in between (RELU, a tie in MAX POOL), and no slope.
      if (Math.abs(right - left) > 1e-3 * scale) {
        corners += 1;
        continue;
      }
      const what = `${name}[${at}] of network ${seed}`;
      expect(Math.abs(gradient[at]! - (left + right) / 2) / scale, what).toBeLessThan(1e-3);
      expect(Math.abs(found[at]! - gradient[at]!) / scale, `${what} in ONNX Runtime`).toBeLessThan(1e-2);
      expect(Math.abs(blockwise[at]! - gradient[at]!) / scale, `${what} in blocks`).toBeLessThan(1e-2);
      slopes += 1;
    }
  }
  return { kinds: [...network.layers.values()].map(({ kind }) => kind), slopes, corners };
}

describe('random networks', () => {
  it(`${NETWORKS} of them train one step whose gradients are right`, { timeout: 300_000 }, async () => {
    const kinds = new Set<string>();
    let [slopes, corners] = [0, 0];
    const drawn = fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 - 1 }), async (seed) => {
      const found = await compare(seed);
      for (const kind of found.kinds) kinds.add(kind);
      slopes += found.slopes;
      corners += found.corners;
    });
    // The same networks in every run; a smaller seed is no smaller network, so nothing is shrunk.
    await fc.assert(drawn, { numRuns: NETWORKS, seed: 1, endOnFailure: true });
    expect([...kinds].sort()).toEqual(LAYERS.map(({ kind }) => kind).sort());
    expect(slopes).toBeGreaterThan(NETWORKS * 8);
    expect(corners / slopes).toBeLessThan(0.02);
  });
});
