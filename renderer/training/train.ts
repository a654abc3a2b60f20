import { createContext, useContext } from 'react';
import { showPanel } from '../panels/panel-store.ts';
import type { Training } from './run-store.ts';

/**
 * Starts to train, and shows how it goes.
 *
 * @param keep saves the design first, so that its trained weights can be found again
 */
export async function train(training: Pick<Training, 'start'>, keep: () => Promise<void>): Promise<void> {
  showPanel('training');
  await keep();
  await training.start();
}

const TrainContext = createContext<() => void>(() => undefined);

export const TrainProvider = TrainContext.Provider;

/** Starts to train the design on the canvas. */
export function useTrain(): () => void {
  return useContext(TrainContext);
}
