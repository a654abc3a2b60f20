import { type Box, overlap, type Point } from './box.ts';
import { BoxIndex } from './box-index.ts';
import { type Stretch, stretchesOf } from './lines.ts';
import type { Link, Way } from './shapes.ts';
import type { LabelRoom, Spacing } from './spacing.ts';

/** Between a text and other texts, items and lines. */
const APART = 1;
/** How far a text is moved along its line from one try to the next, and how often. */
const STEP = 8;
const TRIES = 40;
/** Between a text and where its line turns. */
const TURN = 3;

/** A level part of a link, as far as text can be on it. */
interface Line {
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Places the text of each link on its line: on no item and no other text, and as far as can be on no other line; in the
 * middle of its longest level part, or as near to that as there is room. Where links of one volume run together, one text
 * does for all of them.
 *
 * @param kept links whose text stays where it is, or is missing
 * @returns the middle of each text, on the line; none where there is no room for it
 */
export function placeLabels(
  links: readonly Link[],
  ways: ReadonlyMap<string, Way>,
  boxes: Iterable<Box>,
  { tail, head }: Pick<Spacing, 'tail' | 'head'>,
  kept: readonly (readonly [Link, Point | undefined])[] = [],
): ReadonlyMap<string, Point> {
  const covered = new BoxIndex<Box>();
  for (const box of boxes) covered.add(box, box);
  const written = new BoxIndex<Box>();
  /** The volumes, by their sources, that are written somewhere. */
  const shown = new Set<string>();
  const write = (from: string, box: Box) => {
    written.add(box, box);
    shown.add(from);
  };
  for (const [{ from, label }, at] of kept) if (label && at) write(from, labelBox(at, label));
  const drawn = new Drawn([...links, ...kept.map(([link]) => link)], ways);
  const places = new Map<string, Point>();
  const take = ({ id, from }: Link, label: LabelRoom, at: Point) => {
    places.set(id, at);
    write(from, labelBox(at, label));
  };
  const isFree = (box: Box) => {
    const { left, top, width, height } = box;
    const [right, bottom] = [left + width + 2 * APART, top + height + APART];
    const [before, above] = [left - 2 * APART, top - APART];
    return (
      !covered.some(before, above, right, bottom, (item) => overlap(item, box, APART, APART)) &&
      !written.some(before, above, right, bottom, (other) => overlap(other, box, 2 * APART, APART))
    );
  };
  const find = ({ lines, label }: Wanted, isGood: (at: Point, box: Box) => boolean): Point | undefined => {
    for (const at of placesOn(lines, label)) {
      const box = labelBox(at, label);
      if (isGood(at, box) && isFree(box)) return at;
    }
    return undefined;
  };
  const wanted = links.flatMap((link): Wanted[] => {
    const [way, { label }] = [ways.get(link.id), link];
    if (way === undefined || label === undefined) return [];
    const lines = linesOf(way, tail, head);
    return [{ link, label, lines, room: Math.max(0, ...lines.map(({ low, high }) => high - low)) }];
  });
  // What has least room has no choice.
  const waiting = wanted
    .toSorted((a, b) => a.room - b.room)
    .filter((one) => {
      const { link, label } = one;
      const at = find(one, (place, box) => !drawn.isShared(link, place) && !drawn.isCrossed(link, box));
      if (at !== undefined) take(link, label, at);
      return at === undefined;
    });
  for (const one of waiting) {
    const { link, label } = one;
    if (shown.has(link.from)) continue;
    const at = find(one, (_, box) => !drawn.isCrossed(link, box)) ?? find(one, () => true);
    if (at !== undefined) take(link, label, at);
  }
  return places;
}

interface Wanted {
  readonly link: Link;
  readonly label: LabelRoom;
  readonly lines: readonly Line[];
  readonly room: number;
}

/** The box of a text whose middle, on its line, is at a point. */
export function labelBox([x, y]: Point, { width, above, below }: LabelRoom): Box {
  return { left: x - width / 2, top: y - above, width, height: above + below };
}

/** The level parts of a way, the longest first. */
function linesOf(way: Way, tail: number, head: number): readonly Line[] {
  const parts = stretchesOf(way);
  return parts
    .flatMap(({ level, at, low, high }, i): Line[] => {
      if (!level) return [];
      // The first part leaves an item to the right, the last enters one from the left; elsewhere it turns.
      const [before, after] = [i === 0 ? tail : TURN, i === parts.length - 1 ? head : TURN];
      return [{ y: at, low: low + before, high: high - after }];
    })
    .sort((a, b) => b.high - b.low - (a.high - a.low));
}

/** Places for a text, the best first. */
function* placesOn(lines: readonly Line[], { width }: LabelRoom): Generator<Point> {
  for (const { y, low, high } of lines) {
    const [first, last] = [low + width / 2, high - width / 2];
    if (first > last) continue;
    const middle = (first + last) / 2;
    yield [middle, y];
    for (let i = 1; i <= TRIES && middle - i * STEP >= first; i++) {
      yield [middle - i * STEP, y];
      yield [middle + i * STEP, y];
    }
  }
}

interface Part extends Stretch {
  readonly id: string;
  readonly from: string;
}

/** All lines, to be asked what lies at a text. */
class Drawn {
  readonly #parts = new BoxIndex<Part>();

  constructor(links: readonly Link[], ways: ReadonlyMap<string, Way>) {
    for (const { id, from } of links) {
      for (const { level, at, low, high } of stretchesOf(ways.get(id) ?? [])) {
        const size = high - low;
        const box = level
          ? { left: low, top: at, width: size, height: 0 }
          : { left: at, top: low, width: 0, height: size };
        this.#parts.add(box, { level, at, low, high, id, from });
      }
    }
  }

  /** Whether a line runs through a text's box: of another volume, or one that branches off from its own. */
  isCrossed({ from }: Link, box: Box): boolean {
    const [left, top] = [box.left - APART, box.top - APART];
    const [right, bottom] = [box.left + box.width + APART, box.top + box.height + APART];
    return this.#parts.some(left, top, right, bottom, ({ level, at, low, high, from: source }) =>
      level
        ? source !== from && at > top && at < bottom && low < right && high > left
        : at > left && at < right && low < bottom && high > top,
    );
  }

  /** Whether another link of the same volume runs through a point. */
  isShared({ id, from }: Link, [x, y]: Point): boolean {
    return this.#parts.some(
      x,
      y,
      x,
      y,
      (part) => part.id !== id && part.from === from && part.level && part.at === y && part.low <= x && x <= part.high,
    );
  }
}
