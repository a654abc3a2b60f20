import { showPanel } from '../panels/panel-store.ts';
import type { Training } from './run-store.ts';

/** Starts to train, and shows how it goes. */
export function train(training: Pick<Training, 'start'>): void {
  showPanel('training');
  void training.start();
}
