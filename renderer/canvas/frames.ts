import type { XYPosition } from '@xyflow/react';
import { routeLinks } from '#core/layout/router.ts';
import type { Link, Way } from '#core/layout/shapes.ts';
import { blockOf, outputOf } from '#core/network/expand.ts';
import { BLOCK_INPUT, type Block, type Layer, type LayerId, type Network } from '#core/network/network.ts';
import { type Box, GAP, GRID, NODE, type Position, type Size, SPACING } from './dimensions.ts';
import { labelRoom } from './edge-text.ts';
import { placedBlock } from './placed-block.ts';

/** Height of a frame's title bar. */
export const TITLE = 34;
/**
 * Room around a block's layers: at the sides for the volumes that flow in and out beside connections from row to row,
 * above for the title, below as much.
 */
const ROOM = { side: GAP.column + 20, above: TITLE + 22 } as const;
/** Its title can be read. */
const LEAST_WIDTH = 396;

/** A connection in a block, from layer to layer; none: the block's own side. */
export interface Wire {
  readonly from: LayerId | undefined;
  readonly to: LayerId | undefined;
  /** Its line, from the frame's upper left corner. */
  readonly way: Way;
}

/** What an expanded block is drawn as: a frame around its layers. */
export interface Frame extends Size {
  /** How far it reaches above the block's collapsed node, and as far below. Both have their left sides in common. */
  readonly above: number;
  /** Top left corners of the layers in it, from the frame's own. */
  readonly places: ReadonlyMap<LayerId, Position>;
  readonly wires: readonly Wire[];
  /** Its layers and its sides, on which no volume is written. */
  readonly obstacles: readonly Box[];
}

export function isExpanded({ fields }: Layer): boolean {
  return fields['expanded'] === true;
}

/** The frame that a layer is drawn as; undefined for collapsed blocks and all other layers. */
export function shownFrame(network: Network, layer: Layer): Frame | undefined {
  const block = isExpanded(layer) ? blockOf(layer, network) : undefined;
  return block && frameOf(block);
}

const frames = new WeakMap<Block, Frame>();

/** The frame of a block, made once. */
export function frameOf(block: Block): Frame {
  const known = frames.get(block);
  if (known !== undefined) return known;
  const frame = makeFrame(block);
  frames.set(block, frame);
  return frame;
}

function makeFrame(block: Block): Frame {
  const inside = [...placedBlock(block).layers.values()].map(({ id, position }) => [id, position as Position] as const);
  const [left, top] = [Math.min(...inside.map(([, [x]]) => x)), Math.min(...inside.map(([, [, y]]) => y))];
  const [right, bottom] = [Math.max(...inside.map(([, [x]]) => x)), Math.max(...inside.map(([, [, y]]) => y))];
  const [innerWidth, innerHeight] = [right - left + NODE.width, bottom - top + NODE.height];
  // What it grows by is on the grid, and so is all that makes room for it.
  const wider = onGrid(Math.max(LEAST_WIDTH, innerWidth + 2 * ROOM.side) - NODE.width);
  const above = onGrid((innerHeight - NODE.height) / 2 + ROOM.above);
  const size = { width: NODE.width + wider, height: NODE.height + 2 * above };
  const corner = [Math.round((size.width - innerWidth) / 2), Math.round((size.height - innerHeight) / 2)] as const;
  const places = new Map(
    inside.map(([id, [x, y]]): [LayerId, Position] => [id, [corner[0] + x - left, corner[1] + y - top]]),
  );
  const obstacles = obstaclesIn(places, size);
  return { ...size, above, places, wires: wiresOf(block, obstacles, size), obstacles: [...obstacles.values()] };
}

function onGrid(length: number): number {
  return Math.ceil(length / GRID) * GRID;
}

/** How far around a frame its connections are kept from going. */
const OUTSIDE = 2000;
/** The sides that connections come from and go to; no layer has such an id. */
const SIDES = { from: BLOCK_INPUT, to: '/out' } as const;

/** A frame's layers and its four sides, all of which its connections keep clear of. */
function obstaclesIn(places: ReadonlyMap<LayerId, Position>, { width, height }: Size): ReadonlyMap<string, Box> {
  const beside = { top: -OUTSIDE, width: OUTSIDE, height: height + 2 * OUTSIDE };
  return new Map<string, Box>([
    ...[...places].map(([id, place]) => [id, nodeAt(place)] as const),
    [SIDES.from, { ...beside, left: -OUTSIDE }],
    [SIDES.to, { ...beside, left: width }],
    ['/above', { left: 0, top: 0, width, height: TITLE }],
    ['/below', { left: 0, top: height, width, height: OUTSIDE }],
  ]);
}

function wiresOf(block: Block, boxes: ReadonlyMap<string, Box>, size: Size): readonly Wire[] {
  const link = (from: LayerId | undefined, to: LayerId | undefined, i: number): Link => {
    const [source, target] = [boxes.get(from ?? SIDES.from) as Box, boxes.get(to ?? SIDES.to) as Box];
    return {
      id: String(i),
      from: from ?? SIDES.from,
      to: to ?? SIDES.to,
      start: [source.left + source.width, from === undefined ? size.height / 2 : middleOf(source)],
      end: [target.left, to === undefined ? size.height / 2 : middleOf(target)],
      label: labelRoom(undefined),
    };
  };
  const ends = [
    ...block.edges.map(({ from, to }) => ({ from: from === BLOCK_INPUT ? undefined : from, to })),
    { from: outputOf(block), to: undefined },
  ];
  const ways = routeLinks(
    ends.map(({ from, to }, i) => link(from, to, i)),
    boxes,
    SPACING,
  );
  return ends.map((end, i) => ({ ...end, way: ways.get(String(i)) as Way }));
}

/** Half-way down, where connections begin and end. */
export function middleOf({ top, height }: Box): number {
  return top + height / 2;
}

/** Where a layer is drawn: its node, or its frame. */
export function boxOf(network: Network, layer: Layer): Box {
  const node = nodeAt(layer.position ?? [0, 0]);
  const frame = shownFrame(network, layer);
  if (frame === undefined) return node;
  return { left: node.left, top: node.top - frame.above, width: frame.width, height: frame.height };
}

/** A node with its top left corner at a place. */
export function nodeAt([left, top]: Position): Box {
  return { left, top, ...NODE };
}

/** A move of a node on the canvas as one of its layer: a frame begins above its block's place. */
export function anchored<M extends { readonly id: LayerId; readonly position?: XYPosition }>(
  network: Network,
  move: M,
): M {
  const layer = network.layers.get(move.id);
  const above = layer && shownFrame(network, layer)?.above;
  if (above === undefined || move.position === undefined) return move;
  return { ...move, position: { x: move.position.x, y: move.position.y + above } };
}
