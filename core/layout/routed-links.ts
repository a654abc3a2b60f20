import { type Box, boundsOf, overlap, type Point, partsOf } from './box.ts';
import { labelBox, placeLabels } from './labels.ts';
import { routeLinks } from './router.ts';
import type { Link, Way } from './shapes.ts';
import type { Spacing } from './spacing.ts';

type Boxes = ReadonlyMap<string, Box>;

/** Ways and texts of links between items that move. */
export class RoutedLinks {
  readonly #spacing: Spacing;
  readonly #ways = new Map<string, Way>();
  readonly #labels = new Map<string, Point>();
  #boxes: Boxes = new Map();
  #links: ReadonlyMap<string, Link> = new Map();

  constructor(spacing: Spacing) {
    this.#spacing = spacing;
  }

  way(link: string): Way | undefined {
    return this.#ways.get(link);
  }

  /** The middle of a link's text, on its line; none where it has no room. */
  label(link: string): Point | undefined {
    return this.#labels.get(link);
  }

  /**
   * Finds all ways anew, as far as anything moved: they then depend on where the items are, and not on how they came there.
   *
   * @param underWay whether items are still moving: only what they touch then takes another way
   * @returns the links whose way or text may be another now
   */
  update(boxes: Boxes, links: readonly Link[], underWay: boolean): ReadonlySet<string> {
    const before = { boxes: this.#boxes, links: this.#links };
    const moved = new Set<string>();
    for (const [id, box] of boxes) if (!sameBox(before.boxes.get(id), box)) moved.add(id);
    const changed = links.filter((link) => !sameEnds(before.links.get(link.id), link));
    const gone = before.boxes.size !== boxes.size || before.links.size !== links.length;
    this.#boxes = boxes;
    if (gone || changed.length > 0) this.#links = new Map(links.map((link) => [link.id, link]));
    if (underWay && !gone && before.links.size > 0) return this.#reroute(links, changed, moved, before.boxes);
    if (moved.size > 0 || changed.length > 0 || gone) this.#set(this.#ways, routeLinks(links, boxes, this.#spacing));
    else if (links.every((link) => sameLabel(before.links.get(link.id), link))) return new Set();
    this.#links = new Map(links.map((link) => [link.id, link]));
    this.#set(this.#labels, placeLabels(links, this.#ways, boxes.values(), this.#spacing));
    return new Set(links.map(({ id }) => id));
  }

  #set<T>(map: Map<string, T>, values: ReadonlyMap<string, T>): void {
    map.clear();
    for (const [id, value] of values) map.set(id, value);
  }

  #reroute(
    links: readonly Link[],
    changed: readonly Link[],
    moved: ReadonlySet<string>,
    before: Boxes,
  ): ReadonlySet<string> {
    const inTheWay = [...moved].flatMap((id) => [this.#boxes.get(id) ?? [], before.get(id) ?? []].flat());
    const touched = this.#touched(links, changed, inTheWay);
    const again = links.filter(({ id }) => touched.has(id));
    const kept = links.filter(({ id }) => !touched.has(id));
    const others = kept.map((link) => [link, this.#ways.get(link.id) as Way] as const);
    for (const [id, way] of routeLinks(again, this.#boxes, this.#spacing, others)) this.#ways.set(id, way);
    const disturbed = this.#labelAgain(again, kept, moved);
    return new Set([...touched, ...disturbed.map(({ id }) => id)]);
  }

  /** Links that something moved, or that run where it is now, or was before. */
  #touched(links: readonly Link[], changed: readonly Link[], inTheWay: readonly Box[]): ReadonlySet<string> {
    const touched = new Set(changed.map(({ id }) => id));
    const { clear } = this.#spacing;
    for (const { id } of links) {
      const way = this.#ways.get(id);
      const isHit = (part: Box) => inTheWay.some((box) => overlap(part, box, clear, clear));
      if (way === undefined || (isHit(extentOf(way)) && partsOf(way).some(isHit))) touched.add(id);
    }
    return touched;
  }

  /** Places the texts of links that took another way, and those that something lies upon now. @returns the latter */
  #labelAgain(again: readonly Link[], kept: readonly Link[], moved: ReadonlySet<string>): readonly Link[] {
    const wayOf = ({ id }: Link) => this.#ways.get(id) as Way;
    const inTheWay = [
      ...[...moved].map((id) => this.#boxes.get(id) as Box),
      ...again.flatMap((link) => partsOf(wayOf(link))),
    ];
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
