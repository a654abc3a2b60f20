import { greatestCommonDivisor, leastCommonMultiple } from '../whole-numbers.ts';

/** Pixels of the network's input along one axis, both ends counted; positions left of the first pixel are negative. */
export type Span = readonly [first: number, last: number];

/**
 * What the values of a volume see along one axis, as if the input had no end on either side: value i + period sees what value
 * i does, `shift` pixels further on. UPSAMPLE makes periods: neighbours then see the same pixels, or not.
 */
interface Sequence {
  readonly period: number;
  readonly shift: number;
  /** Of the values 0 … period − 1. */
  readonly spans: readonly Span[];
}

/**
 * What the values of a volume see along one axis. Several sequences where branches that move on over the input at different
 * rates come together: a value sees what any of them does.
 */
export type AxisField = readonly Sequence[];

/** Pixels of the input itself: each sees itself. */
export const OWN_PIXEL: AxisField = [{ period: 1, shift: 1, spans: [[0, 0]] }];

/** Positions that a period may have, and pixels that it may move on by: more come only of files made to be slow. */
const MAX_PERIOD = 4096;
const MAX_SHIFT = 2 ** 40;

/** What value `i` sees; any whole number. */
export function spanAt(field: AxisField, i: number): Span {
  const spans = field.map((sequence) => inSequence(sequence, i));
  return hull(spans);
}

function inSequence({ period, shift, spans }: Sequence, i: number): Span {
  const turns = Math.floor(i / period);
  const [first, last] = spans[i - turns * period] as Span;
  return [first + turns * shift, last + turns * shift];
}

function hull(spans: readonly Span[]): Span {
  return [Math.min(...spans.map(([first]) => first)), Math.max(...spans.map(([, last]) => last))];
}

/**
 * A window of so many values from its first to its last tap; the first stands `padding` values before the volume. Undefined
 * where it moves on too far.
 */
export function throughWindow(field: AxisField, reach: number, stride: number, padding: number): AxisField | undefined {
  if (field.some(({ shift }) => shift * stride > MAX_SHIFT)) return undefined;
  return field.map((sequence) => {
    const common = greatestCommonDivisor(sequence.period, stride);
    const spans = Array.from({ length: sequence.period / common }, (_, i): Span => {
      const begin = i * stride - padding;
      // What values see moves on with them, so that what lies between the ends adds nothing.
      return [inSequence(sequence, begin)[0], inSequence(sequence, begin + reach - 1)[1]];
    });
    return { period: spans.length, shift: (sequence.shift * stride) / common, spans };
  });
}

/** Every value repeated so many times; undefined where the period becomes too long. */
export function repeated(field: AxisField, factor: number): AxisField | undefined {
  const longest = Math.max(...field.map(({ period }) => period));
  if (longest * factor > MAX_PERIOD) return undefined;
  return field.map(({ period, shift, spans }) => ({
    period: period * factor,
    shift,
    spans: spans.flatMap((span) => new Array<Span>(factor).fill(span)),
  }));
}

/** The volume moved on by so many values, as ZERO PAD does. */
export function moved(field: AxisField, by: number): AxisField | undefined {
  return throughWindow(field, 1, 1, by);
}

/** What several volumes see, value by value; undefined where the period becomes too long. */
export function joined(fields: readonly AxisField[]): AxisField | undefined {
  if (fields.length === 1) return fields[0];
  const sequences: Sequence[] = [];
  for (const sequence of fields.flat()) {
    const at = sequences.findIndex(({ period, shift }) => period * sequence.shift === sequence.period * shift);
    const same = sequences[at];
    if (same === undefined) sequences.push(sequence);
    else {
      const period = leastCommonMultiple(same.period, sequence.period);
      if (period > MAX_PERIOD) return undefined;
      const spans = Array.from({ length: period }, (_, i) => hull([inSequence(same, i), inSequence(sequence, i)]));
      sequences[at] = { period, shift: (same.shift * period) / same.period, spans };
    }
  }
  return sequences;
}

/**
 * The position whose value sees the most pixels. Where branches at different rates come together that depends on how far
 * they have parted, and the volume's own positions are looked at; else all positions of a period.
 *
 * @param length of the volume along this axis
 */
export function widest(field: AxisField, length: number): number {
  const [first] = field;
  const positions = field.length === 1 && first !== undefined ? first.period : length;
  let [best, most] = [0, 0];
  for (let i = 0; i < positions; i++) {
    const size = sizeOf(spanAt(field, i));
    if (size > most) [best, most] = [i, size];
  }
  return best;
}

/** Pixels from the first to the last. */
export function sizeOf([first, last]: Span): number {
  return last - first + 1;
}

/** Pixels that neighbouring values lie apart, on average; of the fastest branch where there are several. */
export function jumpOf(field: AxisField): number {
  return Math.max(...field.map(({ period, shift }) => shift / period));
}

/** Whether neighbours see alike, each `jump` pixels further on. */
export function isRegular(field: AxisField): boolean {
  return field.length === 1 && field[0]?.period === 1;
}

export function sameAxisField(a: AxisField, b: AxisField): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((sequence, i) => sameSequence(sequence, b[i] as Sequence));
}

function sameSequence(a: Sequence, b: Sequence): boolean {
  if (a.period !== b.period || a.shift !== b.shift) return false;
  return a.spans.every(([first, last], i) => first === b.spans[i]?.[0] && last === b.spans[i]?.[1]);
}
