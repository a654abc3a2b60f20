import type { Edge } from '../network/network.ts';
import { byEnd, type Grid } from './grid.ts';

/** How many upright lines lie side by side in a channel: first those that leave items, then those that enter some. */
export interface Tracks {
  readonly leaving: number;
  readonly entering: number;
}

/** The lanes that links of one end go between. */
interface Span {
  low: number;
  high: number;
}

/** The room that turning links need. Channel `c` lies before rank `c`, the last one behind the last rank. */
export function tracksIn(links: readonly Edge[], { rankOf, laneOf, via, ranks }: Grid): readonly Tracks[] {
  const channels = Array.from({ length: ranks + 1 }, () => ({
    leaving: new Map<string, Span>(),
    entering: new Map<string, Span>(),
  }));
  const turn = (channel: number, side: keyof Tracks, item: string, a: number, b: number) => {
    if (a === b) return;
    const spans = channels[channel]?.[side];
    const known = spans?.get(item);
    spans?.set(item, { low: Math.min(a, b, known?.low ?? a), high: Math.max(a, b, known?.high ?? a) });
  };
  const leaves = byEnd(links, 'from');
  for (const edge of links) {
    const { from, to } = edge;
    const [first, last] = [laneOf.get(from) as number, laneOf.get(to) as number];
    const [after, before] = [(rankOf.get(from) as number) + 1, rankOf.get(to) as number];
    const lane = via.get(edge);
    if (lane !== undefined) {
      turn(after, 'leaving', from, first, lane);
      turn(before, 'entering', to, lane, last);
    } else if (leaves(from).length > 1) turn(after, 'leaving', from, first, last);
    else turn(before, 'entering', to, first, last);
  }
  return channels.map(({ leaving, entering }) => ({
    leaving: sideBySide([...leaving.values()]),
    entering: sideBySide([...entering.values()]),
  }));
}

/** How many tracks spans need if those that touch take different ones. */
function sideBySide(spans: readonly Span[]): number {
  const tracks: Span[][] = [];
  for (const span of spans) {
    const free = tracks.find((others) => !others.some(({ low, high }) => low <= span.high && span.low <= high));
    if (free === undefined) tracks.push([span]);
    else free.push(span);
  }
  return tracks.length;
}
