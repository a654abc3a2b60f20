import type { Edge } from '../../network/network.ts';
import { byEnd, type Grid } from './lanes.ts';

/** One change of lane of a link. */
interface Turn {
  readonly channel: number;
  /** What leaves one item, or enters one, turns together. */
  readonly group: string;
}

/** The turns of each link: when it leaves its first lane, and when it enters its last. */
interface Turns {
  readonly leaving?: Turn;
  readonly entering?: Turn;
}

/**
 * Where links change lanes. Channel `c` lies before rank `c`; in it, what turns is given a track, counted from the near
 * side for what leaves an item and from the far side for what enters one.
 */
export interface Tracks {
  readonly turns: ReadonlyMap<Edge, Turns>;
  /** Number of tracks of each channel on either side. */
  readonly counts: readonly { readonly leaving: number; readonly entering: number }[];
  /** The track of a turn. */
  trackOf(turn: Turn): number;
}

interface Span {
  low: number;
  high: number;
}

export function toTracks(links: readonly Edge[], { rankOf, laneOf, via, ranks }: Grid): Tracks {
  const turns = new Map<Edge, Turns>();
  const spans: Map<string, Span>[] = Array.from({ length: ranks + 1 }, () => new Map());
  const turn = (channel: number, group: string, a: number, b: number): Turn | undefined => {
    if (a === b) return undefined;
    const span = spans[channel]?.get(group);
    const [low, high] = [Math.min(a, b, span?.low ?? a), Math.max(a, b, span?.high ?? a)];
    spans[channel]?.set(group, { low, high });
    return { channel, group };
  };
  const leaves = byEnd(links, 'from');
  for (const edge of links) {
    const { from, to } = edge;
    const [first, last] = [laneOf.get(from) as number, laneOf.get(to) as number];
    const [after, before] = [(rankOf.get(from) as number) + 1, rankOf.get(to) as number];
    const lane = via.get(edge);
    const forks = leaves(from).length > 1;
    const [leaving, entering] =
      lane !== undefined
        ? [turn(after, `<${from}`, first, lane), turn(before, `>${to}`, lane, last)]
        : forks
          ? [turn(after, `<${from}`, first, last), undefined]
          : [undefined, turn(before, `>${to}`, first, last)];
    turns.set(edge, { ...(leaving && { leaving }), ...(entering && { entering }) });
  }
  const tracks = spans.map((channel) => ({
    leaving: assign([...channel].filter(([group]) => group.startsWith('<'))),
    entering: assign([...channel].filter(([group]) => group.startsWith('>'))),
  }));
  const side = ({ channel, group }: Turn) => tracks[channel]?.[group.startsWith('<') ? 'leaving' : 'entering'];
  return {
    turns,
    counts: tracks.map(({ leaving, entering }) => ({ leaving: count(leaving), entering: count(entering) })),
    trackOf: (one) => side(one)?.get(one.group) ?? 0,
  };
}

/** Puts spans that touch into different tracks. */
function assign(groups: readonly (readonly [string, Span])[]): ReadonlyMap<string, number> {
  const tracks: Span[][] = [];
  const found = new Map<string, number>();
  for (const [group, span] of groups) {
    const touches = (other: Span) => other.low <= span.high && span.low <= other.high;
    let track = tracks.findIndex((others) => !others.some(touches));
    if (track === -1) track = tracks.push([]) - 1;
    tracks[track]?.push(span);
    found.set(group, track);
  }
  return found;
}

function count(tracks: ReadonlyMap<string, number>): number {
  return Math.max(0, ...[...tracks.values()].map((track) => track + 1));
}
