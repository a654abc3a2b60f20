import type { LayerId } from '#core/network/network.ts';
import { NODE, type Position } from './dimensions.ts';

/** How much more room an expanded block takes than its node, in pixels. */
export interface Growth {
  readonly right: number;
  readonly above: number;
  readonly below: number;
}

/** A block along one axis: where its node begins, and what it grows by. */
interface Span {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** For sums of fractions of pixels. */
const NEARLY = 1e-6;

/**
 * How far whatever begins at a place moves along an axis when all blocks expand. What lies behind a block makes room for
 * it; blocks beside each other share it. Nothing comes closer to anything, and nothing changes its order.
 *
 * @param grown whether places are those with all blocks expanded; the answer is then how far they were moved
 */
function shiftsAlong(blocks: readonly Span[], size: number, grown: boolean): (at: number) => number {
  /** Blocks in order, with how far they moved; those that begin at the same place move together. */
  const done: { readonly span: Span; readonly shift: number }[] = [];
  /** How far the blocks that end before a place push what begins there and grows by so much towards them. */
  const pushed = (at: number, before: number): number =>
    done.reduce((most, { span, shift }) => {
      const end = grown ? span.at + size + span.after + before : span.at + size;
      return end <= at + NEARLY ? Math.max(most, shift + span.after) : most;
    }, 0);
  /** For each place where a block begins: how far all that begins there or behind it moves at least. */
  const least: { readonly at: number; readonly shift: number }[] = [];
  const shiftAt = (at: number): number =>
    least.reduce((most, step) => (step.at <= at + NEARLY ? Math.max(most, step.shift) : most), pushed(at, 0));
  const sorted = blocks.toSorted((a, b) => a.at - b.at);
  for (let i = 0; i < sorted.length; ) {
    const { at } = sorted[i] as Span;
    const together = sorted.slice(i).filter((span) => span.at - at <= NEARLY);
    least.push({ at, shift: Math.max(...together.map(({ before }) => pushed(at, before) + before)) });
    const shift = shiftAt(at);
    done.push(...together.map((span) => ({ span, shift })));
    i += together.length;
  }
  return shiftAt;
}

/** Layers that lie beside each other, wholly or in part. */
interface Band {
  readonly top: number;
  bottom: number;
  readonly blocks: Span[];
}

/**
 * Where things go when blocks expand: what is to the right of one in its band moves right, what is below it moves down,
 * and a block stays in the middle of what it was beside. Two layers that lie apart stay apart.
 *
 * @param places where the layers are
 * @param growths blocks, by what they grow
 * @param grown whether `places` are those with these blocks expanded; things then go back to where they came from, exactly
 */
export function makeRoom(
  places: ReadonlyMap<LayerId, Position>,
  growths: ReadonlyMap<LayerId, Growth>,
  grown: boolean,
): (place: Position) => Position {
  const down = shiftsAlong(
    [...growths].flatMap(([id, { above, below }]) => {
      const at = places.get(id)?.[1];
      return at === undefined ? [] : [{ at, before: above, after: below }];
    }),
    NODE.height,
    grown,
  );
  /** The height of a place when all blocks are collapsed. */
  const flat = (y: number) => (grown ? y - down(y) : y);
  const bands: Band[] = [];
  for (const [id, [x, y]] of [...places].toSorted(([, a], [, b]) => a[1] - b[1])) {
    const top = flat(y);
    let band = bands.at(-1);
    if (band === undefined || top >= band.bottom - NEARLY) {
      band = { top, bottom: top, blocks: [] };
      bands.push(band);
    }
    band.bottom = Math.max(band.bottom, top + NODE.height);
    const growth = growths.get(id);
    if (growth !== undefined) band.blocks.push({ at: x, before: 0, after: growth.right });
  }
  const across = bands.map(({ top, bottom, blocks }) => ({
    top,
    bottom,
    shift: shiftsAlong(blocks, NODE.width, grown),
  }));
  const sign = grown ? -1 : 1;
  return ([x, y]) => {
    const at = flat(y);
    const band = across.find(({ top, bottom }) => at >= top - NEARLY && at < bottom - NEARLY);
    return [x + sign * (band?.shift(x) ?? 0), y + sign * down(y)];
  };
}
