import type { Edge } from '../../network/network.ts';
import type { Grid } from './lanes.ts';

/** Ranks from `begin` up to, without, `end` that are drawn in one line. */
export interface Band {
  readonly begin: number;
  readonly end: number;
}

/**
 * Whether a line may end before each rank: only where all that goes on is the output of one item just before, so that
 * nothing is torn apart that belongs together.
 */
export function breaksBefore(links: readonly Edge[], { rankOf, ranks }: Grid): readonly boolean[] {
  const torn = new Set<number>();
  const sources = Array.from({ length: ranks + 1 }, () => new Set<string>());
  for (const { from, to } of links) {
    const [a, b] = [rankOf.get(from) as number, rankOf.get(to) as number];
    // What comes from further back goes past this rank; what goes back leaves and enters on the far sides of its ends.
    const first = b > a ? a + 2 : b;
    const last = b > a ? b : a + 1;
    for (let rank = first; rank <= last; rank++) torn.add(rank);
    if (b > a) sources[a + 1]?.add(from);
  }
  return Array.from({ length: ranks }, (_, rank) => rank > 0 && !torn.has(rank) && (sources[rank]?.size ?? 0) <= 1);
}

/** How many lengths of a line are tried. */
const TRIES = 200;

/** Fills lines up to a length; longer only where there is no place to break. */
function fill(lengths: readonly number[], canBreak: readonly boolean[], most: number): readonly Band[] {
  const bands: Band[] = [];
  let [begin, length, lastBreak, sinceBreak] = [0, 0, 0, 0];
  lengths.forEach((next, rank) => {
    if (canBreak[rank]) [lastBreak, sinceBreak] = [rank, 0];
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
  canBreak: readonly boolean[],
  zoomOf: (bands: readonly Band[]) => number,
): readonly Band[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shortest = Math.max(0, ...lengths);
  const lines = Array.from({ length: TRIES }, (_, i) =>
    fill(lengths, canBreak, total - ((total - shortest) * i) / (TRIES - 1)),
  );
  const ends = (bands: readonly Band[] | undefined) => bands?.map(({ end }) => end).join(' ');
  const tries = lines.filter((bands, i) => ends(bands) !== ends(lines[i - 1]));
  let best = fill(lengths, canBreak, Number.POSITIVE_INFINITY);
  let zoom = Math.min(1, zoomOf(best));
  for (const bands of tries) {
    if (zoom === 1) break;
    const found = Math.min(1, zoomOf(bands));
    if (found > zoom) [best, zoom] = [bands, found];
  }
  for (const bands of tries) {
    if (bands.length === best.length && Math.min(1, zoomOf(bands)) >= zoom) best = bands;
  }
  return best;
}
