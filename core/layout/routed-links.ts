import { type Box, boundsOf, overlap, type Point, partsOf } from './box.ts';
import { labelBox, placeLabels } from './labels.ts';
import { Router } from './router.ts';
import type { Link, Way } from './shapes.ts';
import type { Spacing } from './spacing.ts';

/** Ways and texts of links between items that move. */
export class RoutedLinks {
  readonly #spacing: Spacing;
  readonly #ways = new Map<string, Way>();
  readonly #labels = new Map<string, Point>();
  readonly #boxes = new Map<string, Box>();
  readonly #links = new Map<string, Link>();
  #router: Router;
  /** Whether the ways are those that follow from where the items are. */
  #isRouted = false;

  constructor(spacing: Spacing) {
    this.#spacing = spacing;
    this.#router = new Router([], new Map(), spacing);
  }

  way(link: string): Way | undefined {
    return this.#ways.get(link);
  }

  /** The middle of a link's text, on its line; none where it has no room. */
  label(link: string): Point | undefined {
    return this.#labels.get(link);
  }

  /**
   * Finds all ways anew, as far as anything moved since: they depend on where the items are, and not on how they came there.
   *
   * @returns the links whose way or text may be another now
   */
  update(boxes: ReadonlyMap<string, Box>, links: readonly Link[]): ReadonlySet<string> {
    const isMoved = !this.#isRouted || boxes.size !== this.#boxes.size || links.length !== this.#links.size;
    const stays =
      !isMoved &&
      [...boxes].every(([id, box]) => sameBox(this.#boxes.get(id), box)) &&
      links.every((link) => sameEnds(this.#links.get(link.id), link));
    if (stays && links.every((link) => sameLabel(this.#links.get(link.id), link))) return new Set();
    replaceAll(this.#boxes, boxes);
    replaceAll(this.#links, new Map(links.map((link) => [link.id, link])));
    if (!stays) {
      this.#router = new Router(links, boxes, this.#spacing);
      replaceAll(this.#ways, this.#router.route(links));
      this.#isRouted = true;
    }
    replaceAll(this.#labels, placeLabels(links, this.#ways, boxes.values(), this.#spacing));
    return new Set(links.map(({ id }) => id));
  }

  /**
   * Moves items, as often as the pointer moves: only links that they touch, or touched, take another way.
   *
   * @param links those of these items, with their ends where they are now
   * @returns the links whose way or text may be another now
   */
  move(boxes: ReadonlyMap<string, Box>, links: readonly Link[]): ReadonlySet<string> {
    const inTheWay: Box[] = [];
    for (const [id, box] of boxes) {
      const before = this.#boxes.get(id);
      if (before === undefined || sameBox(before, box)) continue;
      inTheWay.push(before, box);
      this.#boxes.set(id, box);
      this.#router.move(id, box);
    }
    if (inTheWay.length === 0) return new Set();
    // All of them will be found anew once everything rests.
    this.#isRouted = false;
    for (const link of links) this.#links.set(link.id, link);
    const touched = this.#touched(links, inTheWay);
    const [again, kept]: [Link[], Link[]] = [[], []];
    for (const link of this.#links.values()) (touched.has(link.id) ? again : kept).push(link);
    for (const [id, way] of this.#router.route(again)) this.#ways.set(id, way);
    const disturbed = this.#labelAgain(again, kept, [...boxes.values()]);
    return new Set([...touched, ...disturbed.map(({ id }) => id)]);
  }

  /** Links that were moved, or that run where something is now, or was before. */
  #touched(moved: readonly Link[], inTheWay: readonly Box[]): ReadonlySet<string> {
    const touched = new Set(moved.map(({ id }) => id));
    const { clear } = this.#spacing;
    const isHit = (part: Box) => inTheWay.some((box) => overlap(part, box, clear, clear));
    for (const [id, way] of this.#ways) if (isHit(extentOf(way)) && partsOf(way).some(isHit)) touched.add(id);
    return touched;
  }

  /** Places the texts of links that took another way, and those that something lies upon now. @returns the latter */
  #labelAgain(again: readonly Link[], kept: readonly Link[], moved: readonly Box[]): readonly Link[] {
    const wayOf = ({ id }: Link) => this.#ways.get(id) as Way;
    const inTheWay = [...moved, ...again.flatMap((link) => partsOf(wayOf(link)))];
    const around = boundsOf(inTheWay);
    const disturbed = kept.filter(({ id, label }) => {
      const at = this.#labels.get(id);
      if (label === undefined || at === undefined) return false;
      const text = labelBox(at, label);
      return overlap(around, text, 2, 2) && inTheWay.some((box) => overlap(box, text, 2, 2));
    });
    const relabelled = [...again, ...disturbed];
    const region = boundsOf(relabelled.map((link) => extentOf(wayOf(link))));
    const isNear = (box: Box) => overlap(box, region, NEAR, NEAR);
    const others = kept.filter((link) => isNear(extentOf(wayOf(link))) && !disturbed.includes(link));
    const written = others.map((link) => [link, this.#labels.get(link.id)] as const);
    const boxes = [...this.#boxes.values()].filter(isNear);
    const placed = placeLabels(relabelled, this.#ways, boxes, this.#spacing, written);
    for (const { id } of relabelled) this.#labels.delete(id);
    for (const [id, at] of placed) this.#labels.set(id, at);
    return disturbed;
  }
}

/** How far around links, in pixels, their texts meet anything. */
const NEAR = 200;

const extents = new WeakMap<Way, Box>();

/** The box around a way, made once. */
function extentOf(way: Way): Box {
  const known = extents.get(way);
  if (known !== undefined) return known;
  const box = boundsOf(way.map(([left, top]) => ({ left, top, width: 0, height: 0 })));
  extents.set(way, box);
  return box;
}

function replaceAll<T>(map: Map<string, T>, values: ReadonlyMap<string, T>): void {
  map.clear();
  for (const [id, value] of values) map.set(id, value);
}

function sameBox(a: Box | undefined, b: Box): boolean {
  return a === b || (a?.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height);
}

function sameEnds(a: Link | undefined, b: Link): boolean {
  return (
    a === b || (a !== undefined && a.from === b.from && a.to === b.to && same(a.start, b.start) && same(a.end, b.end))
  );
}

function same([x, y]: Point, [otherX, otherY]: Point): boolean {
  return x === otherX && y === otherY;
}

function sameLabel(a: Link | undefined, b: Link): boolean {
  return a === b || a?.label?.width === b.label?.width;
}
