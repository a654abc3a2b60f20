import type { Edge } from '../network/network.ts';
import type { Grid } from './grid.ts';

/** Ranks from `begin` up to, without, `end` that lie in one line. */
export interface Band {
  readonly begin: number;
  readonly end: number;
}

/** What goes on from the ranks before a rank to it and those behind it. */
export interface Border {
  /** Volumes that cross it. */
  readonly volumes: number;
  /** Whether all that crosses it is the output of one item just before: nothing that belongs together is torn apart. */
  readonly isClean: boolean;
}

/** The borders before each rank. */
export function bordersOf(links: readonly Edge[], { rankOf, ranks }: Grid): readonly Border[] {
  const sources = Array.from({ length: ranks }, () => new Set<string>());
  const torn = new Set<number>();
  for (const { from, to } of links) {
    const [a, b] = [rankOf.get(from) as number, rankOf.get(to) as number];
    for (let rank = Math.min(a, b) + 1; rank <= Math.max(a, b); rank++) sources[rank]?.add(from);
    // What comes from further back goes past this rank; what goes back leaves and enters on the far sides of its ends.
    const [first, last] = b > a ? [a + 2, b] : [b, a + 1];
    for (let rank = first; rank <= last; rank++) torn.add(rank);
  }
  return sources.map(({ size }, rank) => ({ volumes: size, isClean: rank > 0 && !torn.has(rank) && size <= 1 }));
}

/** How many lengths of a line are tried. */
const TRIES = 200;
/**
 * Below this scale nothing can be read: then lines may end within what belongs together, if the drawing becomes so much
 * larger by it for each volume that then goes on beside the first.
 */
const READABLE = 0.5;
const GAIN = 1.3;

/** Fills lines up to a length; longer only where there is no place to break. */
function fill(lengths: readonly number[], canBreak: (rank: number) => boolean, most: number): readonly Band[] {
  const bands: Band[] = [];
  let [begin, length, lastBreak, sinceBreak] = [0, 0, 0, 0];
  lengths.forEach((next, rank) => {
    if (canBreak(rank)) [lastBreak, sinceBreak] = [rank, 0];
    if (length + next > most && lastBreak > begin) {
      bands.push({ begin, end: lastBreak });
      [begin, length] = [lastBreak, sinceBreak];
      lastBreak = begin;
    }
    length += next;
    sinceBreak += next;
  });
  if (lengths.length > begin) bands.push({ begin, end: lengths.length });
  return bands;
}

/**
 * Breaks a network into the lines with which it is drawn largest, as far as it has to be made smaller at all; of equal
 * ways the one with the fewest lines, and those as even as can be.
 *
 * @param lengths what each rank takes of its line
 * @param zoomOf how large a drawing can be with these lines, 1 being its full size
 */
export function toBands(
  lengths: readonly number[],
  borders: readonly Border[],
  zoomOf: (bands: readonly Band[]) => number,
): readonly Band[] {
  let best = bestBands(lengths, (rank) => borders[rank]?.isClean === true, zoomOf);
  const counts = [...new Set(borders.map(({ volumes }) => volumes))].sort((a, b) => a - b);
  for (const most of counts) {
    const zoom = zoomOf(best);
    if (zoom >= READABLE) break;
    const torn = bestBands(lengths, (rank) => rank > 0 && (borders[rank]?.volumes ?? 0) <= most, zoomOf);
    if (zoomOf(torn) > zoom * GAIN ** Math.max(1, most - 1)) best = torn;
  }
  return best;
}

function bestBands(
  lengths: readonly number[],
  canBreak: (rank: number) => boolean,
  zoomOf: (bands: readonly Band[]) => number,
): readonly Band[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shortest = Math.max(0, ...lengths);
  const lines = Array.from({ length: TRIES }, (_, i) =>
    fill(lengths, canBreak, total - ((total - shortest) * i) / (TRIES - 1)),
  );
  const ends = lines.map((bands) => bands.map(({ end }) => end).join(' '));
  const tries = lines.flatMap((bands, i) =>
    ends[i] === ends[i - 1] ? [] : [{ bands, zoom: Math.min(1, zoomOf(bands)) }],
  );
  const whole = fill(lengths, canBreak, Infinity);
  let best = { bands: whole, zoom: Math.min(1, zoomOf(whole)) };
  for (const tried of tries) if (tried.zoom > best.zoom) best = tried;
  for (const tried of tries) if (tried.bands.length === best.bands.length && tried.zoom >= best.zoom) best = tried;
  return best.bands;
}
