import { accumulateInGemm } from '#core/onnx/accumulate-in-gemm.ts';
import { toBlocked } from '#core/onnx/blocked/lower.ts';
import { peakMemory } from '#core/onnx/peak-memory.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { compileTraining } from '#core/training/program.ts';
import { backend } from './backend.ts';
import type { CompiledDesign } from './compiled-design.ts';

/** Bytes of the runtime itself, of its threads and of what JavaScript keeps of a run; measured: docs/performance.md. */
const RUNTIME = 45e6;
/** Bytes that the runtime keeps for a node of the graph. */
const NODE = 15e3;
/** Room between values that the runtime's memory loses. */
const GAPS = 1.15;

/** What training on the CPU takes at its largest, beside the program itself and the pictures, bytes. */
export interface TrainingMemory {
  /** Weights and what the optimizer keeps for each. */
  readonly state: number;
  /** Activations, gradients and copies at the moment when they are most. */
  readonly values: number;
  readonly total: number;
}

/**
 * Predicts the largest memory of a training step on the CPU: the graph that would run is gone through value by value. At
 * the end of a step the state is there three times: as it was, as it is now, and on its way to JavaScript.
 */
export async function trainingMemory({ design, report }: CompiledDesign, batchSize: number): Promise<TrainingMemory> {
  const target = await backend('cpu').target();
  const { graph, states } = compileTraining(design.network, report, batchSize, target, design.training);
  const fitted = toBlocked(accumulateInGemm(graph, target), target);
  const state = states.reduce((sum, { dims }) => sum + 4 * elementCount(dims), 0);
  const values = Math.max(GAPS * peakMemory(fitted, target), 2 * state);
  return { state, values, total: RUNTIME + NODE * fitted.nodes.length + state + values };
}
