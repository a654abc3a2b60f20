/**
 * Random networks of all kinds with random fields: the exported file, read by ONNX Runtime with all of its optimisations,
 * agrees with what the layers mean, as an interpreter in float64 computes it.
 */

import { describe, expect, it } from 'vitest';
import { exportOnnx } from '#core/export/onnx.ts';
import { LAYERS } from '#core/layers/index.ts';
import type { Network } from '#core/network/network.ts';
import { type NetworkReport, propagate } from '#core/network/propagate.ts';
import { GraphBuilder } from '#core/onnx/builder.ts';
import { elementCount, float32, type Tensor as OnnxTensor } from '#core/onnx/tensor.ts';
import { randomStream } from '#core/random.ts';
import { emitNetwork, namedTensors } from '#core/training/emit.ts';
import { InferenceSession, Tensor } from '#main/training/onnx-runtime.ts';
import { relativeError } from '../../oracle/gradient-check.ts';
import { array64, evaluate } from '../../oracle/reference.ts';
import { BODY_KINDS, randomNetwork } from '../../random-networks.ts';

const NETWORKS = 400;
const BATCH = 2;
/** ZERO PAD and windows come more often: the runtime merges them. */
const KINDS = [
  ...BODY_KINDS,
  ...(['ZeroPadding2D', 'AveragePooling2D', 'MaxPooling2D', 'Conv2D'] as const).flatMap((kind) => [kind, kind, kind]),
];

function randomValues(report: NetworkReport, seed: number): ReadonlyMap<string, OnnxTensor> {
  const random = randomStream(seed, 'values');
  return new Map(
    namedTensors(report).map(({ name, spec }) => {
      const isVariance = name.endsWith('running_var');
      const value = () => (isVariance ? 0.5 + random.uniform() : 0.5 * random.gaussian());
      return [name, float32(spec.dims, Array.from({ length: elementCount(spec.dims) }, value))];
    }),
  );
}

function expected(network: Network, report: NetworkReport, values: ReadonlyMap<string, OnnxTensor>, pixels: number[]) {
  const graph = new GraphBuilder('expected');
  const { output } = emitNetwork(graph, network, report, {
    mode: 'inference',
    batchSize: BATCH,
    pixels: 'float32',
    declare: ({ name }) => graph.initializer(name, values.get(name) as OnnxTensor),
  });
  graph.output(output, 'y');
  const shape = report.layers.get(report.input ?? '')?.shape ?? [];
  return evaluate(graph.build(), { pixels: array64([BATCH, ...shape], pixels) }).get('y')!;
}

describe('random networks', () => {
  it(`${NETWORKS} of them are exported with their meaning`, { timeout: 120_000 }, async () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= NETWORKS; seed++) {
      const network = randomNetwork(seed, { layers: 8, classes: 3, kinds: KINDS });
      const report = propagate(network);
      expect(report.problems, `network ${seed}`).toEqual([]);
      for (const { kind } of network.layers.values()) kinds.add(kind);
      const values = randomValues(report, seed);
      const text = { name: 'random', design: '', classLabels: [], producerVersion: '1', loss: 'crossEntropy' } as const;
      const file = exportOnnx({ ...text, network, report, tensors: values });
      const shape = report.layers.get(report.input ?? '')?.shape ?? [];
      const random = randomStream(seed, 'pixels');
      const pixels = Array.from({ length: BATCH * elementCount(shape) }, () => random.below(256));
      const session = await InferenceSession.create(file, { graphOptimizationLevel: 'all', logSeverityLevel: 3 });
      const results = await session.run({
        pixels: new Tensor('float32', Float32Array.from(pixels), [BATCH, ...shape]),
      });
      await session.release();
      const found = results[session.outputNames[0] ?? '']?.data as Float32Array;
      const { data } = expected(network, report, values, pixels);
      expect(relativeError(found, data), `network ${seed}`).toBeLessThan(1e-4);
    }
    expect([...kinds].sort()).toEqual(LAYERS.map(({ kind }) => kind).sort());
  });
});
