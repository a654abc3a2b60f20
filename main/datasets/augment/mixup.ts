import { permutation, type Random } from '#core/random.ts';

/** The pictures and targets of one batch. */
interface Mixable {
  readonly size: number;
  readonly pixels: Uint8Array;
  readonly target: Float32Array;
}

/**
 * Blends every picture of a batch with another one of it, and their targets alike, in place (Zhang et al. 2018): each
 * pair by a share of its own from Beta(α, α), of which the larger part stays with the picture itself.
 */
export function mixUp({ size, pixels, target }: Mixable, alpha: number, random: Random): void {
  const partners = permutation(size, random);
  const [each, classes] = [pixels.length / size, target.length / size];
  const [pixelsBefore, targetBefore] = [pixels.slice(), target.slice()];
  for (let i = 0; i < size; i++) {
    const drawn = beta(alpha, random);
    const kept = Math.max(drawn, 1 - drawn);
    const j = partners[i] as number;
    for (let k = 0; k < each; k++) {
      const [own, other] = [pixelsBefore[i * each + k] as number, pixelsBefore[j * each + k] as number];
      pixels[i * each + k] = Math.round(kept * own + (1 - kept) * other);
    }
    for (let k = 0; k < classes; k++) {
      const [own, other] = [targetBefore[i * classes + k] as number, targetBefore[j * classes + k] as number];
      target[i * classes + k] = kept * own + (1 - kept) * other;
    }
  }
}

/** Beta(α, α), from two numbers of Gamma(α). */
function beta(alpha: number, random: Random): number {
  const [x, y] = [gamma(alpha, random), gamma(alpha, random)];
  return x + y === 0 ? 1 : x / (x + y);
}

/** Gamma(shape, 1) (Marsaglia and Tsang 2000). */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.gaussian();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
