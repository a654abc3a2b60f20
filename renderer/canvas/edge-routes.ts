import { grouped } from '#core/grouped.ts';
import type { Box, Point } from '#core/layout/box.ts';
import { placeLabels } from '#core/layout/labels.ts';
import { RoutedLinks } from '#core/layout/routed-links.ts';
import type { Link, Way } from '#core/layout/shapes.ts';
import type { LayerId, Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { SPACING } from './dimensions.ts';
import { labelRoom } from './edge-text.ts';
import { type InnerEdge, innerEdges } from './flow-blocks.ts';
import { edgeId } from './flow-nodes.ts';
import { boxOf, middleOf } from './frames.ts';

/** Where a connection is drawn, in the network's coordinates. */
export interface EdgeRoute {
  readonly way: Way;
  /** The middle of its volume; none where there is no room to write it. */
  readonly label: Point | undefined;
}

type Places = ReadonlyMap<LayerId, Point>;

/** The ways of all connections on a canvas, those in expanded blocks too. Whoever draws one hears of its changes only. */
export class EdgeRoutes {
  readonly #links = new RoutedLinks(SPACING);
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #frames = new Map<LayerId, FrameLabels>();
  #scene: Scene | undefined;
  #dragged: Places = new Map();
  readonly #routes = new Map<string, EdgeRoute>();

  get(id: string): EdgeRoute | undefined {
    return this.#routes.get(id);
  }

  get all(): ReadonlyMap<string, EdgeRoute> {
    return this.#routes;
  }

  /** @returns what ends it */
  subscribe(id: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(id);
    };
  }

  /** @param dragged places of the layers that are being dragged */
  update(network: Network, report: NetworkReport, dragged: Places): void {
    const before = this.#scene;
    const scene = before?.network === network && before.report === report ? before : sceneOf(network, report);
    this.#scene = scene;
    const isSettled = scene !== before || dragged.size === 0;
    const settled = isSettled ? this.#links.update(scene.boxes, scene.links) : [];
    const { boxes, links } = withDragged(scene, new Map([...this.#putBack(scene, dragged), ...dragged]));
    const changed = dragged.size === 0 ? [] : this.#links.move(boxes, links);
    const found = new Map<string, EdgeRoute>();
    for (const id of [...settled, ...changed]) {
      found.set(id, { way: this.#links.way(id) as Way, label: this.#links.label(id) });
    }
    for (const [block, edges] of scene.inner) {
      if (!isSettled && !boxes.has(block)) continue;
      const box = boxes.get(block) ?? (scene.boxes.get(block) as Box);
      for (const [id, route] of this.#inFrame(edges, report, box)) found.set(id, route);
    }
    this.#dragged = dragged;
    for (const [id, route] of found) {
      if (isSame(this.#routes.get(id), route)) continue;
      this.#routes.set(id, route);
      for (const listener of this.#listeners.get(id) ?? []) listener();
    }
    if (scene !== before) this.#forget(scene);
  }

  /** Where layers belong that were dragged and are no more. */
  #putBack({ network }: Scene, dragged: Places): Places {
    const back = [...this.#dragged.keys()].filter((id) => !dragged.has(id));
    return new Map(back.map((id) => [id, network.layers.get(id)?.position ?? [0, 0]]));
  }

  /** Drops what belongs to connections and blocks that are there no more. */
  #forget({ links, inner }: Scene): void {
    const there = new Set([...links, ...[...inner.values()].flat()].map(({ id }) => id));
    for (const id of this.#routes.keys()) if (!there.has(id)) this.#routes.delete(id);
    for (const id of this.#frames.keys()) if (!inner.has(id)) this.#frames.delete(id);
  }

  #inFrame(edges: readonly InnerEdge[], report: NetworkReport, { left, top }: Box): [string, EdgeRoute][] {
    const [{ block }] = edges as readonly [InnerEdge];
    const labels = this.#frames.get(block) ?? new FrameLabels();
    this.#frames.set(block, labels);
    const places = labels.places(edges, report);
    const moved = ([x, y]: Point): Point => [x + left, y + top];
    return edges.map(({ id, wire }) => {
      const label = places.get(id);
      return [id, { way: wire.way.map(moved), label: label && moved(label) }];
    });
  }
}

/** Where the volumes in a frame are written. */
class FrameLabels {
  #key = '';
  #wires: readonly InnerEdge['wire'][] = [];
  #places: ReadonlyMap<string, Point> = new Map();

  places(edges: readonly InnerEdge[], report: NetworkReport): ReadonlyMap<string, Point> {
    const links = edges.map((edge): Link => {
      const { id, source, target, carries, wire } = edge;
      const [start, end] = [wire.way[0] as Point, wire.way.at(-1) as Point];
      return { id, from: source, to: target, start, end, label: labelRoom(report.layers.get(carries)?.shape) };
    });
    const key = links.map(({ id, label }) => `${id} ${label?.width}`).join();
    const wires = edges.map(({ wire }) => wire);
    if (key !== this.#key || wires.some((wire, i) => wire !== this.#wires[i])) {
      const ways = new Map(edges.map(({ id, wire }) => [id, wire.way]));
      this.#places = placeLabels(links, ways, edges[0]?.frame.obstacles ?? [], SPACING);
      [this.#key, this.#wires] = [key, wires];
    }
    return this.#places;
  }
}

/** What is drawn while nothing is dragged. */
interface Scene {
  readonly network: Network;
  readonly report: NetworkReport;
  readonly boxes: ReadonlyMap<LayerId, Box>;
  readonly links: readonly Link[];
  /** By the layers at their ends. */
  readonly linksOf: ReadonlyMap<LayerId, readonly Link[]>;
  /** By expanded block. */
  readonly inner: ReadonlyMap<LayerId, readonly InnerEdge[]>;
}

function sceneOf(network: Network, report: NetworkReport): Scene {
  const boxes = new Map([...network.layers.values()].map((layer) => [layer.id, boxOf(network, layer)]));
  const links = network.edges.flatMap((edge): Link[] => {
    const [source, target] = [boxes.get(edge.from), boxes.get(edge.to)];
    if (source === undefined || target === undefined) return [];
    const label = labelRoom(report.layers.get(edge.from)?.shape);
    return [{ ...edge, id: edgeId(edge), ...endsOf(source, target), label }];
  });
  const linksOf = grouped(links.flatMap((link) => [link.from, link.to].map((end) => [end, link] as const)));
  return {
    network,
    report,
    boxes,
    links,
    linksOf,
    inner: grouped(innerEdges(network).map((edge) => [edge.block, edge])),
  };
}

function endsOf(source: Box, target: Box): Pick<Link, 'start' | 'end'> {
  return { start: [source.left + source.width, middleOf(source)], end: [target.left, middleOf(target)] };
}

/** The boxes of layers at other places, and the links that end at them. */
function withDragged({ network, boxes, linksOf }: Scene, dragged: Places): Pick<Scene, 'boxes' | 'links'> {
  const moved = new Map<LayerId, Box>();
  for (const [id, position] of dragged) {
    const layer = network.layers.get(id);
    if (layer !== undefined) moved.set(id, boxOf(network, { ...layer, position }));
  }
  const at = (id: LayerId) => moved.get(id) ?? (boxes.get(id) as Box);
  const touched = new Set([...moved.keys()].flatMap((id) => linksOf.get(id) ?? []));
  return { boxes: moved, links: [...touched].map((link) => ({ ...link, ...endsOf(at(link.from), at(link.to)) })) };
}

function isSame(before: EdgeRoute | undefined, now: EdgeRoute): boolean {
  if (before === undefined || before.way.length !== now.way.length) return false;
  const same = (a: Point | undefined, b: Point | undefined) => a === b || (a?.[0] === b?.[0] && a?.[1] === b?.[1]);
  return same(before.label, now.label) && now.way.every((point, i) => same(point, before.way[i]));
}
