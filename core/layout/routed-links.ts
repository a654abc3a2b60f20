import { type Box, overlap, type Point, partsOf } from './box.ts';
import { labelBox, placeLabels } from './labels.ts';
import { routeLinks } from './router.ts';
import type { Link, Way } from './shapes.ts';
import type { Spacing } from './spacing.ts';

type Boxes = ReadonlyMap<string, Box>;

/** Ways and texts of links between items that move. */
export class RoutedLinks {
  readonly #spacing: Spacing;
  #boxes: Boxes = new Map();
  #links: ReadonlyMap<string, Link> = new Map();
  #ways: ReadonlyMap<string, Way> = new Map();
  #labels: ReadonlyMap<string, Point> = new Map();

  constructor(spacing: Spacing) {
    this.#spacing = spacing;
  }

  get ways(): ReadonlyMap<string, Way> {
    return this.#ways;
  }

  /** The middles of the texts, on their lines; of links whose text has no room, none. */
  get labels(): ReadonlyMap<string, Point> {
    return this.#labels;
  }

  /**
   * Finds all ways anew, as far as anything moved: they then depend on where the items are, and not on how they came there.
   *
   * @param underWay whether items are still moving: only what they touch then takes another way
   */
  update(boxes: Boxes, links: readonly Link[], underWay: boolean): void {
    const before = { boxes: this.#boxes, links: this.#links };
    const moved = new Set([...boxes].flatMap(([id, box]) => (sameBox(before.boxes.get(id), box) ? [] : [id])));
    const gone = [...before.boxes.keys()].some((id) => !boxes.has(id)) || before.links.size !== links.length;
    const changed = links.filter((link) => !sameWay(before.links.get(link.id), link));
    const relabelled = links.filter((link) => !sameLabel(before.links.get(link.id), link));
    this.#boxes = boxes;
    this.#links = new Map(links.map((link) => [link.id, link]));
    if (moved.size === 0 && changed.length === 0 && !gone) {
      if (relabelled.length > 0) this.#label(links, new Set());
      return;
    }
    const touched = underWay && !gone ? this.#touched(links, changed, moved) : new Set(links.map(({ id }) => id));
    const [again, kept] = [links.filter(({ id }) => touched.has(id)), links.filter(({ id }) => !touched.has(id))];
    const found = routeLinks(again, boxes, this.#spacing, kept.map((link) => [link, this.#ways.get(link.id) as Way])); // biome-ignore format: one call
    this.#ways = new Map(links.map(({ id }) => [id, found.get(id) ?? (this.#ways.get(id) as Way)]));
    this.#label(links, underWay ? this.#undisturbed(kept, found, moved) : new Set());
  }

  /** Links that something moved, or that it lies upon now. */
  #touched(links: readonly Link[], changed: readonly Link[], moved: ReadonlySet<string>): ReadonlySet<string> {
    const touched = new Set(changed.map(({ id }) => id));
    const inTheWay = [...moved].map((id) => this.#boxes.get(id) as Box);
    const { clear } = this.#spacing;
    for (const { id } of links) {
      const way = this.#ways.get(id);
      const isHit = (part: Box) => inTheWay.some((box) => overlap(part, box, clear, clear));
      if (way === undefined || partsOf(way).some(isHit)) touched.add(id);
    }
    return touched;
  }

  /** Links whose text can stay where it is. */
  #undisturbed(
    kept: readonly Link[],
    found: ReadonlyMap<string, Way>,
    moved: ReadonlySet<string>,
  ): ReadonlySet<string> {
    const inTheWay = [...[...moved].map((id) => this.#boxes.get(id) as Box), ...[...found.values()].flatMap(partsOf)];
    const isFree = ({ id, label }: Link) => {
      const at = this.#labels.get(id);
      return (
        at !== undefined && label !== undefined && !inTheWay.some((box) => overlap(box, labelBox(at, label), 2, 2))
      );
    };
    return new Set(kept.filter(isFree).map(({ id }) => id));
  }

  #label(links: readonly Link[], undisturbed: ReadonlySet<string>): void {
    const kept = links.flatMap((link) => {
      const at = undisturbed.has(link.id) ? this.#labels.get(link.id) : undefined;
      return at === undefined ? [] : [[link, at] as const];
    });
    const again = links.filter(({ id }) => !undisturbed.has(id));
    const placed = placeLabels(again, this.#ways, this.#boxes.values(), this.#spacing, kept);
    this.#labels = new Map([...kept.map(([{ id }, at]) => [id, at] as const), ...placed]);
  }
}

function sameBox(a: Box | undefined, b: Box): boolean {
  return a === b || (a?.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height);
}

function sameWay(a: Link | undefined, b: Link): boolean {
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
