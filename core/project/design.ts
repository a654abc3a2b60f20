import type { Network } from '../network/network.ts';
import type { TrainingSettings } from '../training/settings.ts';

/** Tells one design from all others, whatever it is called and wherever its file lies: a UUID. */
export type DesignId = string;

/** The data set that a design is trained on: which one, not the images themselves. */
export interface DataReference {
  /** The id that this computer's list of data sets has for it; on another computer it is unknown. */
  readonly id: string;
  /** What it is called, so that a computer that does not have it can say what is missing. */
  readonly name: string;
  /** What the images of a folder are resized to; none: their own size. */
  readonly size?: { readonly height: number; readonly width: number } | undefined;
}

/** Everything that is saved: the network, how to train it, what its outputs mean. */
export interface Design {
  /** Runs and their trained weights refer to it. None: it was never opened in the app. */
  readonly id?: DesignId;
  readonly name: string;
  readonly network: Network;
  readonly training: TrainingSettings;
  /** What the user chose to train it on; none: nothing yet. */
  readonly data?: DataReference;
  /** Names of the classes in output order; empty where nobody named them. */
  readonly classLabels: readonly string[];
}
