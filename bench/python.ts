import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import type { BenchedNetwork } from './networks.ts';

export interface PytorchTimes {
  readonly msPerStep: number;
  /** Of the whole process. */
  readonly peakBytes: number;
  /** Of the process before the network was made. */
  readonly idleBytes: number;
}

/** A Python that has PyTorch, or undefined; says so where there is none. */
export function findPytorch(): string | undefined {
  const candidates = [process.env['CONVCANVAS_PYTHON'], 'python3', '/usr/bin/python3'];
  const python = candidates.find(
    (name) => name !== undefined && spawnSync(name, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
  if (python === undefined) {
    console.log('  PyTorch was not found (Debian: apt-get install python3-torch); only our own figures:');
  }
  return python;
}

/** Trains a network for some steps in PyTorch, in a process of its own. */
export function pytorchSteps(
  python: string,
  { name, network, batch, steps }: Omit<BenchedNetwork, 'bar'>,
  folder: string,
): PytorchTimes {
  const design = join(folder, 'design.convcanvas');
  writeFileSync(design, formatDesign({ name, network, training: DEFAULT_TRAINING, classLabels: [] }));
  const script = join(import.meta.dirname, 'torch_step.py');
  const args = [script, design, `--batch=${batch}`, `--steps=${steps}`, `--threads=${availableParallelism()}`];
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8' }));
}
