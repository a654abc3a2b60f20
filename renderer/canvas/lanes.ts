import { type Box, overlap } from './box.ts';
import type { Position } from './dimensions.ts';

/** How far from its ends a connection turns towards its lane: before the volume on the one that it meets there. */
const TURN = 14;
/** Room between a lane and the layers that it passes. */
const CLEAR = 12;
const RADIUS = 10;

interface Segment {
  readonly from: Position;
  readonly to: Position;
}

/** The long level part of a connection. */
interface Run {
  readonly y: number;
  readonly left: number;
  readonly right: number;
  readonly start: Position;
}

/** Finds ways for connections past boxes, and beside each other. */
export class Lanes {
  readonly #boxes: readonly Box[];
  readonly #runs: Run[] = [];

  constructor(boxes: readonly Box[]) {
    this.#boxes = boxes;
  }

  /**
   * How far below its start a connection has to run; undefined where nothing is in its way if it turns half-way, or
   * wherever it runs.
   *
   * @param ends boxes of what it connects: they do not keep it from leaving and arriving
   */
  find(start: Position, end: Position, ends: readonly (Box | undefined)[] = []): number | undefined {
    const boxes = this.#boxes.filter((box) => !ends.includes(box));
    const isFree = (corners: readonly Position[]) =>
      corners.slice(1).every((to, i) => !boxes.some((box) => crosses({ from: corners[i] as Position, to }, box)));
    const forward = end[0] - start[0] >= 2 * TURN;
    const [halfX, halfY] = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
    if (forward && isFree([start, [halfX, start[1]], [halfX, end[1]], end])) return undefined;
    if (!forward && this.#take(start, end, halfY, isFree)) return undefined;
    const beside = boxes.flatMap(({ top, height }) => [top - CLEAR, top + height + CLEAR]);
    // On the way back, its own rows are full of layers.
    const lanes = forward ? [start[1], end[1], ...beside] : beside;
    const detour = (lane: number) => Math.abs(lane - start[1]) + Math.abs(lane - end[1]);
    const best = lanes.toSorted((a, b) => detour(a) - detour(b)).find((lane) => this.#take(start, end, lane, isFree));
    return best === undefined ? undefined : best - start[1];
  }

  /** Takes a lane if it is free. Connections from one place may share theirs. */
  #take(start: Position, end: Position, y: number, isFree: (corners: readonly Position[]) => boolean): boolean {
    const [left, right] = [Math.min(start[0], end[0]) - TURN, Math.max(start[0], end[0]) + TURN];
    const beside = (run: Run) =>
      Math.abs(run.y - y) < CLEAR - 1 && run.left < right && left < run.right && run.start.join() !== start.join();
    if (this.#runs.some(beside) || !isFree(cornersOf(start, end, y))) return false;
    this.#runs.push({ y, left, right, start });
    return true;
  }
}

function cornersOf([startX, startY]: Position, [endX, endY]: Position, lane: number): readonly Position[] {
  const [out, back] = [startX + TURN, endX - TURN];
  return [
    [startX, startY],
    [out, startY],
    [out, lane],
    [back, lane],
    [back, endY],
    [endX, endY],
  ];
}

function crosses({ from, to }: Segment, box: Box): boolean {
  const line = {
    left: Math.min(from[0], to[0]),
    top: Math.min(from[1], to[1]),
    width: Math.abs(to[0] - from[0]),
    height: Math.abs(to[1] - from[1]),
  };
  return overlap(line, box, CLEAR / 2, CLEAR / 2);
}

/** An SVG path along a lane, with round corners; and where its label goes. */
export function lanePath(
  start: Position,
  end: Position,
  lane: number,
): readonly [path: string, labelX: number, labelY: number] {
  const y = start[1] + lane;
  const corners = cornersOf(start, end, y);
  const steps = corners.slice(1, -1).map((corner, i) => {
    const [before, after] = [corners[i] as Position, corners[i + 2] as Position];
    const radius = Math.min(RADIUS, lengthOf(before, corner) / 2, lengthOf(corner, after) / 2);
    return `L${towards(corner, before, radius)}Q${corner.join()} ${towards(corner, after, radius)}`;
  });
  return [`M${start.join()}${steps.join('')}L${end.join()}`, (start[0] + end[0]) / 2, y];
}

function lengthOf(a: Position, b: Position): number {
  return Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);
}

/** The point so far from one corner towards the next. */
function towards(from: Position, to: Position, distance: number): string {
  const step = (axis: 0 | 1) => from[axis] + Math.sign(to[axis] - from[axis]) * distance;
  return `${step(0)},${step(1)}`;
}
