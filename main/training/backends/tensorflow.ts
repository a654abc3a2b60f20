import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import { withoutChannelSums } from '#core/onnx/channel-sums.ts';
import type { Target } from '#core/onnx/operators/operator.ts';
import type { TF } from '../tensorflow/define.ts';
import { TensorFlowSession } from '../tensorflow/session.ts';
import type { Backend } from './define.ts';

/** The GPU's package first: it is installed only where somebody has it working. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const TARGET: Target = {
  maxPoolIndices: false,
  needsChannelPadding: () => false,
  groupedConvTranspose: true,
  channelBlock: 0,
  sums: 'float32',
};

/** TensorFlow where a user has installed it: in the folder named by CONVCANVAS_TENSORFLOW, or beside this program. */
export const tensorflow: Backend = withTensorFlow(load, () => {
  if (find() !== undefined) return '';
  return `not installed; npm install ${PACKAGES[1]} in a folder, and name the folder in CONVCANVAS_TENSORFLOW`;
});

/** @param load answers TensorFlow.js with a backend of its own; called when it is first needed */
export function withTensorFlow(load: () => TF, obstacle: () => string): Backend {
  let loaded: TF | undefined;
  return {
    name: 'tensorflow',
    target: async () => TARGET,
    inMemory: false,
    createSession: async (graph, wishes) => {
      loaded ??= load();
      return new TensorFlowSession(loaded, withoutChannelSums(graph), wishes);
    },
    obstacle,
  };
}

function find(): string | undefined {
  const folder = process.env['CONVCANVAS_TENSORFLOW'];
  const require = createRequire(folder === undefined ? import.meta.url : join(folder, 'package.json'));
  for (const name of PACKAGES) {
    try {
      return require.resolve(name);
    } catch {
      // not this one
    }
  }
  return undefined;
}

function load(): TF {
  const path = find();
  if (path === undefined) throw new Error(tensorflow.obstacle());
  // tfjs-node 4.22 calls what Node 23 removed (tensorflow/tfjs issues 8609 and 8746).
  const legacy = util as unknown as Record<string, unknown>;
  legacy['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  legacy['isArray'] ??= Array.isArray;
  return createRequire(import.meta.url)(path) as TF;
}
