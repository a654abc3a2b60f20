import { fork } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'vite';
import type { Network } from '#core/network/network.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { root } from '../scripts/setup.mjs';

/** Largest memory of a process, bytes. */
export interface Memory {
  readonly peakBytes: number;
  /** Before there was a network in it. */
  readonly idleBytes: number;
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

let child: Promise<string> | undefined;

/** Trains a network for some steps in a process of its own. */
export async function measureMemory(network: Network, batch: number, steps: number): Promise<Memory> {
  child ??= buildChild();
  const script = await child;
  const design = formatDesign({ name: 'measured', network, training: DEFAULT_TRAINING, classLabels: [] });
  const measured = fork(script, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    measured.once('message', (memory) => resolve(memory as Memory));
    measured.once('exit', (code) => reject(new Error(`The measured process ended with code ${code}`)));
    measured.send({ design, batch, steps });
  });
}
