import { totalmem } from 'node:os';
import type { TrainingMemory } from '#contract/schemas.ts';
import { peakMemory } from '#core/onnx/peak-memory.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { namedTensors } from '#core/training/emit.ts';
import { compileTraining } from '#core/training/program.ts';
import { cpu, fitToCpu } from './backends/cpu.ts';
import type { CompiledDesign } from './compiled-design.ts';
import { LARGE } from './states.ts';

/** Bytes of the runtime itself, of its threads and of what JavaScript keeps of a run; measured: docs/performance.md. */
const RUNTIME = 45e6;
/** Bytes that the runtime keeps for a node of the graph. */
const NODE = 15e3;
/** Room between values that the runtime's memory loses. */
const GAPS = 1.15;

/**
 * Predicts the largest memory of a training step on the CPU: the graph that would run is gone through value by value. At
 * the end of a step the state is there three times: as it was, as it is now, and on its way to JavaScript. (Of a large
 * network, what the optimizer keeps is there twice: it is written over what was there.)
 *
 * @param batchSize the design's own where left out
 * @param available bytes of the device; this machine's where left out
 */
export async function trainingMemory(
  compiled: CompiledDesign,
  batchSize = compiled.design.training.batchSize,
  available = totalmem(),
): Promise<TrainingMemory> {
  const [one, two] = [await predict(compiled, batchSize), await predict(compiled, 2 * batchSize)];
  // All but the constant part grows with the batch.
  const perImage = (two.live - one.live) / batchSize;
  const fits = (available - one.fixed - (one.live - perImage * batchSize)) / perImage;
  const largestBatch = one.fixed + one.answers > available ? 0 : Math.max(0, Math.floor(fits));
  const values = Math.max(one.live, one.answers);
  return { state: one.state, values, total: one.fixed + values, available, largestBatch };
}

/**
 * Bytes of a step: of the state, of all that does not depend on the batch, of the values of the graph, and of what it
 * answers, with the copies of that.
 */
async function predict({ design, report }: CompiledDesign, batchSize: number) {
  const target = await cpu.target();
  const { graph, states } = compileTraining(design.network, report, batchSize, target, design.training);
  const fitted = await fitToCpu(graph);
  const bytes = (some: readonly { readonly dims: readonly number[] }[]) =>
    some.reduce((sum, { dims }) => sum + 4 * elementCount(dims), 0);
  const moved = bytes(states);
  // What a step reads only: the tensors of frozen layers.
  const names = new Set(states.map(({ name }) => name));
  const state = moved + bytes(namedTensors(report).flatMap(({ name, spec }) => (names.has(name) ? [] : [spec])));
  const placed = state >= LARGE ? states.filter(({ role }) => role === 'slot') : [];
  const fixed = RUNTIME + NODE * fitted.nodes.length + state;
  const live =
    GAPS *
    peakMemory(
      fitted,
      target,
      placed.map(({ next }) => next),
    );
  return { state, fixed, live, answers: 2 * moved - bytes(placed) };
}
