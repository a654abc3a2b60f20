import { withFolder } from './app.ts';
import { benchedNetworks } from './networks.ts';
import { findPytorch, pytorchSteps } from './python.ts';
import { median } from './report.ts';
import { trainingSteps } from './training-steps.ts';

export const title = 'training steps on the CPU against PyTorch, images a second (medians, measured in turn)';

const TURNS = 3;

export async function run(): Promise<void> {
  const python = findPytorch();
  const wanted = process.env['NETWORKS']?.split(',');
  await withFolder(async (folder) => {
    for (const benched of benchedNetworks()) {
      const { name, network, batch, steps, bar } = benched;
      if (wanted !== undefined && !wanted.includes(name)) continue;
      const [own, theirs]: [number[], number[]] = [[], []];
      for (let turn = 0; turn < TURNS; turn++) {
        own.push(...(await trainingSteps(network, batch, steps)));
        if (python !== undefined) theirs.push(pytorchSteps(python, benched, folder).msPerStep);
      }
      const speed = (milliseconds: number) => Math.round((1000 * batch) / milliseconds);
      const ratio = median(theirs) / median(own);
      const against =
        python === undefined
          ? ''
          : `, PyTorch ${speed(median(theirs))}: ${ratio.toFixed(2)} times as fast (wanted: ${bar})`;
      console.log(`  ${name}, batch ${batch}: ${speed(median(own))}${against}`);
    }
  });
}
