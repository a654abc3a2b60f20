import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { startTrainingProcess } from '../test/training-process.ts';
import { median } from './report.ts';

export const title = 'what filter pictures and activation maps cost a run that is watched (wanted: at most 5 %)';

const PAIRS = 7;

export async function run(): Promise<void> {
  const { engine } = startTrainingProcess();
  const design = findTemplate('lenet5')!.create();
  const text = formatDesign({ ...design, training: { ...design.training, epochs: 12 } });
  let pictures = 0;
  engine.on('run.filters', () => {
    pictures += 1;
  });
  /** Milliseconds from the first step to the last. */
  const train = async (watched: boolean): Promise<number> => {
    await engine.call('run.watch', { run: 'images', filters: watched, activations: watched ? [0] : [] });
    let begin = 0;
    const ended = new Promise<number>((resolve, reject) => {
      const off = engine.on('run.status', ({ status, message }) => {
        if (status === 'running') begin = performance.now();
        if (status === 'failed') reject(new Error(message));
        if (status !== 'finished') return;
        off();
        resolve(performance.now() - begin);
      });
    });
    await engine.call('run.start', {
      run: 'images',
      design: text,
      source: { type: 'digits' },
      ranges: {},
      device: 'cpu',
    });
    return ended;
  };
  await train(false);
  const shares: number[] = [];
  const noise: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const [without, withPictures, again] = [await train(false), await train(true), await train(false)];
    shares.push((2 * withPictures) / (without + again) - 1);
    noise.push(again / without - 1);
  }
  engine.close();
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const range = (all: readonly number[]) => `${percent(Math.min(...all))} to ${percent(Math.max(...all))}`;
  console.log(`  LeNet-5, all tabs watched: ${percent(median(shares))} longer (${range(shares)}; ${pictures} sets)`);
  console.log(`  the same without pictures, twice: ${percent(median(noise))} (${range(noise)}; ${PAIRS} pairs)`);
}
