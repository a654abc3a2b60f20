/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna 2018), seeded by hashing a seed and a name, so that every
 * purpose (a layer's weights, an epoch's order, a mask) has a stream of its own and adding one changes no other.
 */
export interface Random {
  /** A whole number in 0 … 2³² − 1. */
  uint32(): number;
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Normal, mean 0, standard deviation 1. */
  gaussian(): number;
  /** Fills an array with the next normal numbers of mean 0: those of `gaussian`, in half the time. */
  fillGaussian(data: Float32Array, std: number): void;
  /** Fills an array with the next uniform numbers: those of `uniform`, in a third of the time. */
  fillUniform(data: Float64Array): void;
  /** A whole number in 0 … n − 1. */
  below(n: number): number;
}

/** 32 bits of a string (FNV-1a, then mixed as in MurmurHash3's finaliser). */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** SplitMix32: spreads one word of state over many. */
function splitMix(state: number): () => number {
  let s = state;
  return () => {
    s = (s + 0x9e3779b9) | 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

/** The stream of random numbers that belongs to a seed and a name. */
export function randomStream(seed: number, name: string): Random {
  const next = splitMix(hash(`${seed}/${name}`));
  let [a, b, c, d] = [next(), next(), next(), next()];
  let spare: number | undefined;

  const uint32 = () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return result;
  };
  const uniform = () => uint32() / 2 ** 32;
  const gaussian = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // Box–Muller; 1 − u keeps the logarithm finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const fillGaussian = (data: Float32Array, std: number): void => {
    let i = 0;
    if (spare !== undefined && data.length > 0) data[i++] = std * gaussian();
    // `gaussian` once more, with the state where a processor has it at hand.
    let [p, q, r, s] = [a, b, c, d];
    const pairs = 2 * Math.floor((data.length - i) / 2);
    let radius = 0;
    for (let word = 0; word < pairs; word++) {
      const u = (Math.imul(rotateLeft(Math.imul(q, 5), 7), 9) >>> 0) / 2 ** 32;
      const t = q << 9;
      r ^= p;
      s ^= q;
      q ^= r;
      p ^= s;
      r ^= t;
      s = rotateLeft(s, 11);
      if (word % 2 === 0) radius = Math.sqrt(-2 * Math.log(1 - u));
      else {
        data[i++] = std * (radius * Math.cos(2 * Math.PI * u));
        data[i++] = std * (radius * Math.sin(2 * Math.PI * u));
      }
    }
    [a, b, c, d] = [p, q, r, s];
    if (i < data.length) data[i] = std * gaussian();
  };
  const fillUniform = (data: Float64Array): void => {
    let [p, q, r, s] = [a, b, c, d];
    for (let i = 0; i < data.length; i++) {
      data[i] = (Math.imul(rotateLeft(Math.imul(q, 5), 7), 9) >>> 0) / 2 ** 32;
      const t = q << 9;
      r ^= p;
      s ^= q;
      q ^= r;
      p ^= s;
      r ^= t;
      s = rotateLeft(s, 11);
    }
    [a, b, c, d] = [p, q, r, s];
  };
  return {
    uint32,
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    gaussian,
    fillGaussian,
    fillUniform,
    below: (n) => Math.floor(uniform() * n),
  };
}

/** 0 … n − 1 in a random order (Fisher–Yates). */
export function permutation(n: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
