import type { LayerFix, ShapeFault } from '../layers/define.ts';
import type { TrainingSettings } from '../training/settings.ts';
import type { Edit } from './edits.ts';
import type { LayerId } from './network.ts';

/** Each of these stops training. How a window is rounded down is not among them: see the fit of a layer. */
export type ProblemCode =
  | 'cycle'
  | 'not-connected'
  | 'arity'
  | 'no-input'
  | 'two-inputs'
  | 'no-output'
  | 'two-outputs'
  | 'name-used-twice'
  | 'unknown-kind'
  | TrainingProblemCode
  | 'too-large'
  | ShapeFault['code'];

/** What stands between a network and training it: its end, its settings, its data set. */
export type TrainingProblemCode =
  | 'input-size'
  | 'no-classifier'
  | 'class-count'
  | 'one-class'
  | 'empty-class'
  | 'nothing-learns'
  | 'batch-of-one'
  | 'loss-input';

/** One click that mends a problem. */
export interface Fix {
  readonly label: string;
  readonly edits: readonly Edit[];
  /** Training settings that it changes beside the network. */
  readonly training?: Partial<TrainingSettings>;
  /** Of the fixes of one group, only the first that helps is offered; none: it is a group of its own. */
  readonly group?: string;
}

export interface Problem {
  readonly code: ProblemCode;
  /** The layer to look at; none where the whole network is meant. */
  readonly layer?: LayerId;
  /** Plain words: what is needed, what was found, what to do. */
  readonly message: string;
  /** Proposals, best first. What helps the whole network is offered: `offeredFixes`. */
  readonly fixes: readonly Fix[];
}

/** Turns a layer's own offer into an edit of the network. */
export function toFix(layer: LayerId, fix: LayerFix): Fix {
  const { label, group } = fix;
  return { label, edits: [toEdit(layer, fix)], ...(group !== undefined && { group }) };
}

function toEdit(layer: LayerId, fix: LayerFix): Edit {
  switch (fix.type) {
    case 'fields':
      return { type: 'set-fields', layer, fields: fix.fields };
    case 'insert-before':
      return { type: 'insert-before', layer, kind: fix.kind };
    default:
      return fix satisfies never;
  }
}
