import type { Volume } from '#core/shape.ts';
import { DEFAULT_TRAINING, type TrainingSettings } from '#core/training/settings.ts';
import { augment } from '#main/datasets/augment/index.ts';
import { median, repeat } from './report.ts';

export const title = 'what augmentation costs, microseconds a picture';

const CASES: readonly (readonly [string, Partial<TrainingSettings>])[] = [
  ['crop and flip', { cropPadding: 4, flip: true }],
  ['shifted, turned and scaled', { shift: 0.08, rotation: 10, zoom: 0.1 }],
  ['all of it', { cropPadding: 4, flip: true, rotation: 10, zoom: 0.1, brightness: 0.2, contrast: 0.2, cutout: 8 }],
];
const SHAPES: readonly Volume[] = [
  [1, 28, 28],
  [3, 32, 32],
  [3, 224, 224],
];

export async function run(): Promise<void> {
  for (const shape of SHAPES) {
    const [channels, height, width] = shape;
    const from = Uint8Array.from({ length: channels * height * width }, (_, i) => (i * 7919) % 256);
    const to = new Uint8Array(from.length);
    const pictures = Math.max(4, Math.round(2e6 / from.length));
    for (const [name, changed] of CASES) {
      const settings = { ...DEFAULT_TRAINING, ...changed };
      const times = await repeat(9, (turn) => {
        for (let picture = 0; picture < pictures; picture++) {
          augment(from, to, shape, settings, { seed: 1, epoch: turn, picture });
        }
      });
      console.log(`  ${width}×${height}×${channels}, ${name}: ${((1000 * median(times)) / pictures).toFixed(1)} µs`);
    }
  }
}
