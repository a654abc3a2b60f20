/** Made-up numbers that test/fixtures/pytorch/noise.py makes too. */

/** 32 mixed bits of a place and a seed. */
function hashed(place: number, seed: number): number {
  let h = (Math.imul(place, 0x9e3779b1) + Math.imul(seed, 0x85ebca77)) | 0;
  h = Math.imul(h ^ (h >>> 15), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Mean 0, deviation 1. */
export function noise(place: number, seed: number): number {
  const sum = hashed(place, 3 * seed) + hashed(place, 3 * seed + 1) + hashed(place, 3 * seed + 2);
  return (sum / 2 ** 32 - 1.5) * 2;
}

/** In [0, 1). */
export function uniform(place: number, seed: number): number {
  return hashed(place, 3 * seed) / 2 ** 32;
}
