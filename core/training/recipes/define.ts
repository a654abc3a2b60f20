import type { Edit } from '../../network/edits.ts';
import type { Network } from '../../network/network.ts';
import type { TrainingSettings } from '../settings.ts';

/** A set of training settings that is known to work, under a name. */
export interface Recipe {
  /** As the command line names it. */
  readonly id: string;
  readonly title: string;
  /** What it is for and where it comes from. */
  readonly summary: string;
  /** All settings that it sets; the seed and the others stay as they are. */
  readonly settings: Partial<TrainingSettings>;
  /** What it asks of the network, as edits; none where the network is as it should be. */
  prepare?(network: Network): readonly Edit[];
}
