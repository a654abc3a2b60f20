import type { Point } from './box.ts';
import { type Lines, type Stretch, stretchesOf } from './lines.ts';
import type { Obstacles } from './obstacles.ts';
import type { Link, Way } from './shapes.ts';

/**
 * A way whose parts lie on those of other links of its volume wherever they would run close beside them: two lines side by
 * side are two volumes.
 *
 * @param lines all ways that were found
 */
export function joined(link: Link, way: Way, obstacles: Obstacles, lines: Lines): Way {
  const beside = lines.siblings(link);
  let joinedWay = way;
  // Its first and last parts lie where its ends are.
  for (let i = 1; i < way.length - 2; i++) {
    const own = stretchesOf(joinedWay)[i] as Stretch;
    const near = beside.find((other) => isBeside(own, other, own.level ? lines.trackY : lines.trackX));
    const moved = near && withPartAt(joinedWay, i, near.at);
    if (moved !== undefined && isFree(link, moved, obstacles, lines)) joinedWay = moved;
  }
  return joinedWay;
}

function isBeside(a: Stretch, b: Stretch, track: number): boolean {
  const distance = Math.abs(a.at - b.at);
  return a.level === b.level && distance > 0 && distance < track && a.low < b.high && b.low < a.high;
}

function withPartAt(way: Way, part: number, at: number): Way {
  const level = (way[part] as Point)[1] === (way[part + 1] as Point)[1];
  return way.map(([x, y], i): Point => {
    if (i !== part && i !== part + 1) return [x, y];
    return level ? [x, at] : [at, y];
  });
}

function isFree(link: Link, way: Way, obstacles: Obstacles, lines: Lines): boolean {
  const parts = stretchesOf(way);
  return (
    parts.every((part, i) => obstacles.isClear(part, i === 0 || i === parts.length - 1 ? link : undefined)) &&
    lines.areFree(link, way)
  );
}
