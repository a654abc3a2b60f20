import { create } from 'zustand';
import { type LoopChoice, loopChoice } from '#core/network/loop-choice.ts';
import type { Edge, Network } from '#core/network/network.ts';
import { edit, useDocument } from '../document/store.ts';
import { announce } from '../ui/announce.ts';

/** A connection that was drawn and would close a loop. */
export interface RefusedConnection {
  readonly edge: Edge;
  /** The connection of which one end was dragged to make it. */
  readonly moved: Edge | undefined;
}

/**
 * A connection that waits for the user's decision. It is no part of the design: it is not saved, and there is nothing to
 * undo.
 */
export const useRefusedConnection = create<{ readonly refused: RefusedConnection | undefined }>()(() => ({
  refused: undefined,
}));

/** The loop that a refused connection would close, and what can be done instead; undefined where it closes none any more. */
export function choiceFor(network: Network, { edge, moved }: RefusedConnection): LoopChoice | undefined {
  const isThere = network.layers.has(edge.from) && network.layers.has(edge.to);
  return isThere ? loopChoice(network, edge, moved) : undefined;
}

/** Says of a refused connection why it is refused. */
export function refusalText(network: Network, { edge }: RefusedConnection, { loop }: LoopChoice): string {
  const nameOf = (id: string) => network.layers.get(id)?.name ?? id;
  if (edge.from === edge.to) return `${nameOf(edge.from)} cannot feed itself.`;
  return `${nameOf(edge.from)} → ${nameOf(edge.to)} would close a loop: ${loop}.`;
}

/**
 * Connects two layers. Where that would close a loop the network stays as it is, and the user is asked.
 *
 * @param moved a connection that the new one takes the place of
 * @returns whether they are connected
 */
export function proposeConnection(edge: Edge, moved?: Edge): boolean {
  const { network } = useDocument.getState().design;
  const refused: RefusedConnection = { edge, moved };
  const choice = choiceFor(network, refused);
  if (choice === undefined) {
    const cut = moved === undefined ? [] : [{ type: 'remove', layers: [], edges: [moved] } as const];
    edit(...cut, { type: 'connect', ...edge });
    return true;
  }
  useRefusedConnection.setState({ refused });
  announce(refusalText(network, refused, choice));
  return false;
}

/** Leaves the network as it is. */
export function keepOld(): void {
  useRefusedConnection.setState({ refused: undefined });
}

/** Makes the new connection and removes those with which it would close a loop: one step to undo. */
export function takeNew(): void {
  const { refused } = useRefusedConnection.getState();
  useRefusedConnection.setState({ refused: undefined });
  const choice = refused && choiceFor(useDocument.getState().design.network, refused);
  if (choice !== undefined) edit(...choice.edits);
}

// What is not decided ends with the design that is shown, with its layers, and with the loop that it would have closed.
useDocument.subscribe((now, before) => {
  const { refused } = useRefusedConnection.getState();
  if (refused === undefined || now.design.network === before.design.network) return;
  if (now.opened !== before.opened || choiceFor(now.design.network, refused) === undefined) keepOld();
});
