import type { Box, Point, Size } from '../layout/box.ts';
import { layOut, type PortedItem } from '../layout/layout.ts';
import type { Way } from '../layout/shapes.ts';
import type { LabelRoom, Spacing } from '../layout/spacing.ts';
import type { Edge, LayerId } from '../network/network.ts';
import type { Drawing, Inside, Part } from './parts.ts';

/** A link in its place, as it flows from left to right. */
export interface ArrangedLink {
  readonly link: Edge;
  readonly way: Way;
  /** The middle of its text, on its line. */
  readonly label: Point | undefined;
}

/** Everything in its place, as it flows from left to right. Frames come before what is in them. */
export interface Arrangement extends Size {
  readonly parts: readonly { readonly part: Part; readonly box: Box }[];
  readonly frames: readonly { readonly part: Part; readonly box: Box }[];
  readonly links: readonly ArrangedLink[];
}

/** What an arrangement follows. All sizes are those along the flow (width) and across it (height). */
export interface Rules {
  readonly spacing: Spacing;
  readonly itemOf: (part: Part) => PortedItem;
  /** Room for the text of a link; undefined: it has none. */
  readonly labelOf: (link: Edge) => LabelRoom | undefined;
  /** Room that a frame keeps around what is in it, and how wide or high it is at least. */
  readonly frame: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly leastFrame: (part: Part) => Size;
  /** What all should fit on by being broken into several lines; undefined: one line. */
  readonly page: Size | undefined;
}

/** Stand for the sides of a frame, where links come in and go out. No layer has such an id. */
const IN = '/in';
const OUT = '/out';

/** Places parts, frames and all that is in them. */
export function arrange(drawing: Drawing, rules: Rules): Arrangement {
  return arrangeGraph(drawing.parts, drawing.links, [], rules);
}

interface FrameContent extends Size {
  readonly content: Arrangement;
  /** How far down links come in, and go out. */
  readonly entryLine: number;
  readonly exitLine: number;
}

/** @param sides items that are not drawn */
function arrangeGraph(
  parts: readonly Part[],
  links: readonly Edge[],
  sides: readonly PortedItem[],
  rules: Rules,
): Arrangement & { readonly places: ReadonlyMap<string, Point> } {
  const frames = new Map<LayerId, FrameContent>();
  for (const part of parts) if (part.inside !== undefined) frames.set(part.id, arrangeInside(part, part.inside, rules));
  const items = parts.map((part): PortedItem => {
    const frame = frames.get(part.id);
    if (frame === undefined) return rules.itemOf(part);
    const { width, height, entryLine, exitLine } = frame;
    return { id: part.id, width, height, line: entryLine, exitLine };
  });
  const labels = links.flatMap((link) => {
    // What comes in and goes out has its text outside.
    const room = link.from === IN || link.to === OUT ? undefined : rules.labelOf(link);
    return room === undefined ? [] : [[link, room] as const];
  });
  const [first, last] = [sides.slice(0, 1), sides.slice(1)];
  const layout = layOut([...first, ...items, ...last], links, new Map(labels), rules.spacing, rules.page);
  const boxes = parts.map((part, i) => {
    const [left, top] = layout.places.get(part.id) as Point;
    const { width, height } = items[i] as PortedItem;
    return { part, box: { left, top, width, height } };
  });
  const inside = boxes.flatMap(({ part, box }) => {
    const frame = frames.get(part.id);
    return frame === undefined ? [] : [moved(frame.content, box.left, box.top)];
  });
  const { width, height, places } = layout;
  return {
    width,
    height,
    places,
    parts: [...boxes.filter(({ part }) => part.inside === undefined), ...inside.flatMap((one) => one.parts)],
    frames: [...boxes.filter(({ part }) => part.inside !== undefined), ...inside.flatMap((one) => one.frames)],
    links: [
      ...layout.routes.map(({ link, way, label }) => ({ link, way, label })),
      ...inside.flatMap((one) => one.links),
    ],
  };
}

/** What is in a frame, from its upper left corner on. */
function arrangeInside(part: Part, { parts, links, fed, output }: Inside, rules: Rules): FrameContent {
  const { left, right, top, bottom } = rules.frame;
  const side = (id: string): PortedItem => ({ id, width: 0, height: 0, line: 0 });
  const entering = fed.map((to): Edge => ({ from: IN, to }));
  const leaving = output === undefined ? [] : [{ from: output, to: OUT }];
  const page = rules.page && { width: rules.page.width - left - right, height: rules.page.height - top - bottom };
  const found = arrangeGraph(parts, [...entering, ...links, ...leaving], [side(IN), side(OUT)], { ...rules, page });
  const least = rules.leastFrame(part);
  const [width, height] = [
    Math.max(least.width, left + found.width + right),
    Math.max(least.height, top + found.height + bottom),
  ];
  const [shiftX, shiftY] = [
    left + (width - left - found.width - right) / 2,
    top + (height - top - found.height - bottom) / 2,
  ];
  const content = moved(found, shiftX, shiftY);
  const lineAt = (id: string) => (found.places.get(id) as Point)[1] + shiftY;
  // What comes in begins at the frame's side, behind its title if that is there; what goes out ends at the other.
  const begin = left - right;
  const wires = content.links.map(({ link, way, label }) => ({
    link: { from: link.from === IN ? part.id : link.from, to: link.to === OUT ? part.id : link.to },
    way: way.map(([x, y], i): Point => {
      if (link.from === IN && i === 0) return [begin, y];
      return link.to === OUT && i === way.length - 1 ? [width, y] : [x, y];
    }),
    label,
  }));
  return { width, height, content: { ...content, links: wires }, entryLine: lineAt(IN), exitLine: lineAt(OUT) };
}

function moved({ width, height, parts, frames, links }: Arrangement, dx: number, dy: number): Arrangement {
  const shifted = ([x, y]: Point): Point => [x + dx, y + dy];
  const at = ({ part, box }: Arrangement['parts'][number]) => ({
    part,
    box: { ...box, left: box.left + dx, top: box.top + dy },
  });
  return {
    width,
    height,
    parts: parts.map(at),
    frames: frames.map(at),
    links: links.map(({ link, way, label }) => ({ link, way: way.map(shifted), label: label && shifted(label) })),
  };
}
