import { ReactFlowProvider } from '@xyflow/react';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Point } from '#core/layout/box.ts';
import type { LayerId } from '#core/network/network.ts';
import { useDocument } from '../document/store.ts';
import { type EdgeRoute, EdgeRoutes } from './edge-routes.ts';

const RoutesContext = createContext<EdgeRoutes | undefined>(undefined);

/** What a canvas and all that acts on it have in common. */
export function CanvasProvider({ children }: { readonly children: ReactNode }) {
  const [routes] = useState(() => new EdgeRoutes());
  return (
    <ReactFlowProvider>
      <RoutesContext.Provider value={routes}>{children}</RoutesContext.Provider>
    </ReactFlowProvider>
  );
}

export function useEdgeRoutes(): EdgeRoutes {
  const routes = useContext(RoutesContext);
  if (routes === undefined) throw new Error('There is no canvas here.');
  return routes;
}

/** Where a connection is drawn; undefined before that was found out. */
export function useEdgeRoute(id: string): EdgeRoute | undefined {
  const routes = useEdgeRoutes();
  const subscribe = useCallback((listener: () => void) => routes.subscribe(id, listener), [routes, id]);
  return useSyncExternalStore(subscribe, () => routes.get(id));
}

/** Keeps the connections' ways up to date with the design, and with what is being dragged. */
export function KeepEdgeRoutes({ dragged }: { readonly dragged: ReadonlyMap<LayerId, Point> }) {
  const routes = useEdgeRoutes();
  const network = useDocument(({ design }) => design.network);
  const report = useDocument((state) => state.report);
  // After React Flow took the nodes' new places, so that both are drawn at once.
  useEffect(() => routes.update(network, report, dragged), [routes, network, report, dragged]);
  return null;
}
