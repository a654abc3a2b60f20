import { fork } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'vite';
import type { Network } from '#core/network/network.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { root } from '../scripts/setup.mjs';
import { withFolder } from './app.ts';
import { benchedNetworks } from './networks.ts';
import { findPytorch, pytorchSteps } from './python.ts';

export const title =
  "a training process's largest memory against PyTorch's for the same steps (Linux; wanted: at most 1.3 times)";

const STEPS = 6;

interface Memory {
  readonly peakBytes: number;
  readonly idleBytes: number;
}

export async function run(): Promise<void> {
  const python = findPytorch();
  await withFolder(async (folder) => {
    const child = await buildChild();
    for (const benched of benchedNetworks()) {
      const { name, network, batch } = benched;
      const own = await ownMemory(child, network, batch);
      const theirs = python && pytorchSteps(python, { ...benched, steps: STEPS }, folder);
      const ratio = theirs && (own.peakBytes / theirs.peakBytes).toFixed(2);
      console.log(
        `  ${name}, batch ${batch}: ${said(own)}${theirs ? `, PyTorch ${said(theirs)}: ${ratio} times` : ''}`,
      );
    }
  });
}

function said({ peakBytes, idleBytes }: Memory): string {
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  return `${megabytes(peakBytes)} MB (${megabytes(peakBytes - idleBytes)} MB more than before)`;
}

/** Bundles the child, so that nothing but training is in its memory. */
async function buildChild(): Promise<string> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    define: { __VERSION__: JSON.stringify('bench') },
    ssr: { noExternal: true, external: ['onnxruntime-node'] },
    build: {
      ssr: join(import.meta.dirname, 'memory-child.ts'),
      outDir: join(root, 'out', 'bench'),
      rollupOptions: { output: { entryFileNames: 'memory-child.mjs' } },
    },
  });
  return join(root, 'out', 'bench', 'memory-child.mjs');
}

function ownMemory(script: string, network: Network, batch: number): Promise<Memory> {
  const design = formatDesign({ name: 'measured', network, training: DEFAULT_TRAINING, classLabels: [] });
  const child = fork(script, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (memory) => resolve(memory as Memory));
    child.once('exit', (code) => reject(new Error(`The measured process ended with code ${code}`)));
    child.send({ design, batch, steps: STEPS });
  });
}
