import type { Edge } from '../network/network.ts';
import { type Box, boundsOf, type Point, partsOf, type Size } from './box.ts';
import { labelBox, placeLabels } from './labels.ts';
import { type Item, placeItems } from './place.ts';
import { routeLinks } from './router.ts';
import type { Link, Way } from './shapes.ts';
import type { LabelRoom, Spacing } from './spacing.ts';

/** An item whose links touch it within its sides, or leave it on another line than they enter it. */
export interface PortedItem extends Item {
  /** How far within its left side links enter it, and within its right side they leave it; none: on the sides. */
  readonly entry?: number;
  readonly exit?: number;
  /** How far below its upper side they leave it; none: on its line. */
  readonly exitLine?: number;
}

/** A link in its place. */
export interface Route {
  readonly link: Edge;
  readonly way: Way;
  /** The middle of its text, on its line; none where it has none, or shares that of another link of its source. */
  readonly label: Point | undefined;
}

/** Where everything lies; the upper left corner of all is at 0, 0. */
export interface Layout extends Size {
  /** Upper left corners. */
  readonly places: ReadonlyMap<string, Point>;
  readonly routes: readonly Route[];
}

/**
 * Lays a network out from left to right, with its links in right angles around its items.
 *
 * @param items in topological order
 * @param labels room for the text of each link that has one
 * @param page what the layout should fit on by being broken into several lines; undefined: one line
 */
export function layOut(
  items: readonly PortedItem[],
  links: readonly Edge[],
  labels: ReadonlyMap<Edge, LabelRoom>,
  spacing: Spacing,
  page: Size | undefined,
): Layout {
  const { places, levels } = placeItems(items, links, labels, spacing, page);
  const itemOf = new Map(items.map((item) => [item.id, item]));
  const boxes = new Map(items.map((item) => [item.id, boxAt(item, places.get(item.id) as Point)]));
  const toLink = (edge: Edge, i: number): Link => {
    const { from, to } = edge;
    const [source, target] = [itemOf.get(from) as PortedItem, itemOf.get(to) as PortedItem];
    const [[left, top], [right, level]] = [places.get(from) as Point, places.get(to) as Point];
    return {
      id: String(i),
      from,
      to,
      start: [left + source.width - (source.exit ?? 0), top + (source.exitLine ?? source.line)],
      end: [right + (target.entry ?? 0), level + target.line],
      label: labels.get(edge),
      level: levels.get(edge),
    };
  };
  const drawn = links.map(toLink);
  const ways = routeLinks(drawn, boxes, spacing);
  const texts = placeLabels(drawn, ways, boxes.values(), spacing);
  const inSight = drawn.flatMap(({ id, label }): readonly Box[] => {
    const at = texts.get(id);
    return [...partsOf(ways.get(id) as Way), ...(at && label ? [labelBox(at, label)] : [])];
  });
  const { left, top, width, height } = boundsOf([...boxes.values(), ...inSight]);
  const moved = ([x, y]: Point): Point => [x - left, y - top];
  return {
    width,
    height,
    places: new Map([...places].map(([id, place]) => [id, moved(place)])),
    routes: links.map((link, i) => {
      const at = texts.get(String(i));
      return { link, way: (ways.get(String(i)) as Way).map(moved), label: at && moved(at) };
    }),
  };
}

function boxAt({ width, height }: Size, [left, top]: Point): Box {
  return { left, top, width, height };
}
