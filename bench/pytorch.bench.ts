import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { benchedNetworks } from './networks.ts';
import { median } from './report.ts';
import { trainingSteps } from './training-steps.ts';

export const title = 'training steps on the CPU against PyTorch, images a second (medians, measured in turn)';

const TURNS = 3;

/** A Python that has PyTorch, or undefined. */
function findPython(): string | undefined {
  const candidates = [process.env['CONVCANVAS_PYTHON'], 'python3', '/usr/bin/python3'];
  return candidates.find(
    (python) => python !== undefined && spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
}

export async function run(): Promise<void> {
  const python = findPython();
  if (python === undefined) {
    console.log('  PyTorch was not found (Debian: apt-get install python3-torch); only our own figures:');
  }
  const folder = mkdtempSync(join(tmpdir(), 'convcanvas-bench-'));
  const wanted = process.env['NETWORKS']?.split(',');
  try {
    for (const { name, network, batch, steps, bar } of benchedNetworks()) {
      if (wanted !== undefined && !wanted.includes(name)) continue;
      const design = join(folder, 'design.convcanvas');
      writeFileSync(design, formatDesign({ name, network, training: DEFAULT_TRAINING, classLabels: [] }));
      const [own, theirs]: [number[], number[]] = [[], []];
      for (let turn = 0; turn < TURNS; turn++) {
        own.push(...(await trainingSteps(network, batch, steps)));
        if (python === undefined) continue;
        const script = join(import.meta.dirname, 'torch_step.py');
        const args = [script, design, `--batch=${batch}`, `--steps=${steps}`, `--threads=${availableParallelism()}`];
        theirs.push(JSON.parse(execFileSync(python, args, { encoding: 'utf8' })).msPerStep);
      }
      const speed = (milliseconds: number) => Math.round((1000 * batch) / milliseconds);
      const ratio = median(theirs) / median(own);
      const against =
        python === undefined
          ? ''
          : `, PyTorch ${speed(median(theirs))}: ${ratio.toFixed(2)} times as fast (wanted: ${bar})`;
      console.log(`  ${name}, batch ${batch}: ${speed(median(own))}${against}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
