import { defaultsOf, type FieldSpecs, type FieldsOf, flag, integer } from '../layers/fields.ts';
import { Chain } from './chain.ts';

/** What the lectures' pattern [(CONV-RELU)*N-POOL?]*M-(FC-RELU)*K-SOFTMAX is filled with. */
export const PATTERN_FIELDS = {
  n: integer({
    label: 'N: CONVs a round',
    help: 'CONV–RELU pairs before each POOL; up to about 5.',
    default: 2,
    min: 1,
    max: 8,
  }),
  pool: flag({ label: 'POOL', help: 'Whether every round ends with a 2×2 POOL.', default: true }),
  m: integer({ label: 'M: rounds', help: 'How often CONVs and POOL are repeated.', default: 3, min: 1, max: 10 }),
  k: integer({ label: 'K: FCs', help: 'FC–RELU pairs before the last FC; 0 to 2.', default: 1, min: 0, max: 4 }),
  filters: integer({
    label: 'Filters',
    help: 'Filters of the first round; twice as many after each POOL.',
    default: 16,
    min: 1,
    max: 1024,
  }),
  units: integer({ label: 'Units', help: 'Units of each of the K FCs.', default: 128, min: 1, max: 8192 }),
  channels: integer({
    label: 'Channels',
    help: 'Of the pictures: 1 for grey, 3 for colour.',
    default: 3,
    min: 1,
    max: 64,
  }),
  side: integer({ label: 'Side', help: 'Height and width of the pictures.', default: 32, min: 1, max: 1024 }),
  classes: integer({ label: 'Classes', help: 'Units of the last FC.', default: 10, min: 2, max: 65536 }),
} as const satisfies FieldSpecs;

export type Pattern = FieldsOf<typeof PATTERN_FIELDS>;

export const DEFAULT_PATTERN: Pattern = defaultsOf(PATTERN_FIELDS);

/** Most filters a round may have, however often they are doubled. */
const MOST_FILTERS = 1024;

/** "[(CONV-RELU)*2-POOL]*3-(FC-RELU)*1-SOFTMAX". */
export function describePattern({ n, pool, m, k }: Pattern): string {
  return `[(CONV-RELU)*${n}${pool ? '-POOL' : ''}]*${m}-(FC-RELU)*${k}-SOFTMAX`;
}

/** The network that the pattern makes: 3×3 CONVs that keep the size, 2×2 POOLs that halve it. */
export function patternDesign(pattern: Pattern) {
  const { n, pool, m, k, units, channels, side, classes } = pattern;
  const chain = new Chain();
  chain.add('Input', { channels, height: side, width: side });
  let filters = pattern.filters;
  let left = side;
  for (let round = 0; round < m; round++) {
    for (let i = 0; i < n; i++) {
      chain.add('Conv2D', { filters, kernelSize: 3, padding: 1 });
      chain.add('ReLU');
    }
    // A picture of one pixel cannot be halved any more.
    if (!pool || left < 2) continue;
    chain.add('MaxPooling2D');
    left = Math.floor(left / 2);
    filters = Math.min(MOST_FILTERS, 2 * filters);
  }
  chain.add('Flatten');
  for (let i = 0; i < k; i++) {
    chain.add('Dense', { units });
    chain.add('ReLU');
  }
  chain.add('Dense', { units: classes });
  chain.add('Softmax');
  return chain.design(describePattern(pattern));
}
