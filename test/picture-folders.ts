import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';

/** Writes two classes of square RGB pictures that are easily told apart, `count` of each, a folder a class. */
export function writeTwoClasses(folder: string, size: number, count: number): void {
  for (const [name, value] of [
    ['dark', 40],
    ['bright', 200],
  ] as const) {
    mkdirSync(join(folder, name));
    for (let i = 0; i < count; i++) {
      const data = Uint8Array.from({ length: size * size * 3 }, (_, k) => value + ((i + k) % 20));
      writeFileSync(join(folder, name, `${i}.png`), encode({ width: size, height: size, data, channels: 3 }));
    }
  }
}
