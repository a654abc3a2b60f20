import { randomStream } from '#core/random.ts';
import type { ImageSet } from '../image-set.ts';
import { drawDigit, SIDE } from './draw.ts';

const TRAINING = 6000;
const HELD_BACK = 1000;
/** The set is the same everywhere: results can be compared between machines. */
const SEED = 20260101;

/** The built-in data set: handwritten-looking digits, drawn by the program, equally many of each. */
export function builtInDigits(): ImageSet {
  const count = TRAINING + HELD_BACK;
  const pixels = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const digit = i % 10;
    labels[i] = digit;
    drawDigit(digit, randomStream(SEED, `digit/${i}`), pixels, i * SIDE * SIDE);
  }
  return {
    name: 'Built-in digits',
    shape: [1, SIDE, SIDE],
    count,
    pixels,
    labels,
    classNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
    heldBackFrom: TRAINING,
  };
}
