import { withFolder } from './app.ts';
import { type Memory, measureMemory } from './memory.ts';
import { benchedNetworks } from './networks.ts';
import { findPytorch, pytorchSteps } from './python.ts';

export const title =
  "a training process's largest memory against PyTorch's for the same steps (Linux; wanted: at most 1.3 times)";

const STEPS = 6;

export async function run(): Promise<void> {
  const python = findPytorch();
  await withFolder(async (folder) => {
    for (const benched of benchedNetworks()) {
      const { name, network, batch } = benched;
      const own = await measureMemory(network, batch, STEPS);
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
