import type { Network } from '../network/network.ts';
import type { TrainingSettings } from '../training/settings.ts';

/** Everything that is saved: the network, how to train it, what its outputs mean. */
export interface Design {
  readonly name: string;
  readonly network: Network;
  readonly training: TrainingSettings;
  /** Names of the classes in output order; empty where nobody named them. */
  readonly classLabels: readonly string[];
}
