import type { LayerId, Network } from '../../network/network.ts';
import type { Problem } from '../../network/problems.ts';
import type { LayerReport, NetworkReport } from '../../network/report.ts';
import type { Shape, Volume } from '../../shape.ts';
import type { TrainingSettings } from '../settings.ts';

/** What has to be known of a data set to say whether a network can be trained on it. */
export interface DataFacts {
  readonly name: string;
  /** Of an image: [C, H, W]. */
  readonly shape: Volume;
  readonly classNames: readonly string[];
  /** Images to train on. */
  readonly trainCount: number;
  /** Of these, how many each class has. */
  readonly classCounts: readonly number[];
}

/** A network without problems of its own, how it is to be trained, and on what. */
export interface Checked {
  readonly network: Network;
  readonly report: NetworkReport;
  readonly training: TrainingSettings;
  /** None: no data set was chosen yet, or it has not been read. */
  readonly data?: DataFacts;
  /** The network's last layer, and its output. */
  readonly output: { readonly id: LayerId; readonly report: LayerReport; readonly shape: Shape };
}

/**
 * `error`: training cannot begin, or could learn nothing. `warning`: it can, but something else is likely meant.
 */
export type Severity = 'error' | 'warning';

export interface TrainingProblem extends Problem {
  readonly severity: Severity;
}

/** Looks for one kind of fault between a network, its training settings and its data set. */
export type Check = (checked: Checked) => readonly TrainingProblem[];
