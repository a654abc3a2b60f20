import type { LayerFix, ShapeFault } from '../layers/define.ts';
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
  | 'too-large'
  | ShapeFault['code'];

/** One click that mends a problem. */
export interface Fix {
  readonly label: string;
  readonly edits: readonly Edit[];
}

export interface Problem {
  readonly code: ProblemCode;
  /** The layer to look at; none where the whole network is meant. */
  readonly layer?: LayerId;
  /** Plain words: what is needed, what was found, what to do. */
  readonly message: string;
  readonly fixes: readonly Fix[];
}

/** Turns a layer's own offer into an edit of the network. */
export function toFix(layer: LayerId, fix: LayerFix): Fix {
  switch (fix.type) {
    case 'fields':
      return { label: fix.label, edits: [{ type: 'set-fields', layer, fields: fix.fields }] };
    case 'insert-before':
      return { label: fix.label, edits: [{ type: 'insert-before', layer, kind: fix.kind }] };
    default:
      return fix satisfies never;
  }
}
