import type { LayerId } from '#core/network/network.ts';
import { goOnAtLayer } from '../canvas/focus-layer.ts';
import { useDocument } from '../document/store.ts';
import { connect, insert, type Side } from './actions.ts';
import { Chooser } from './Chooser.tsx';
import { connectChoices, insertChoices } from './choices.ts';
import type { FollowUp } from './RowMenu.tsx';
import { useShow } from './use-show.ts';

interface Props {
  readonly what: Exclude<FollowUp, 'rename'>;
  readonly layer: LayerId;
  readonly onClose: () => void;
}

/** Asks which layer to connect to, or what kind of layer to insert. */
export function FollowUpDialog({ what, layer, onClose }: Props) {
  const network = useDocument(({ design }) => design.network);
  const show = useShow();
  const name = network.layers.get(layer)?.name ?? layer;
  if (what === 'connect') {
    return (
      <Chooser
        title={`Connect ${name} to`}
        label="Name of the layer to feed"
        choices={connectChoices(network, layer)}
        none={`There is no layer that ${name} could feed: add one under Layers first.`}
        onChoose={(to) => connect(layer, to)}
        onClose={onClose}
      />
    );
  }
  const side: Side = what === 'insert-before' ? 'before' : 'after';
  return (
    <Chooser
      title={`Insert ${side} ${name}`}
      label="Kind of layer"
      choices={insertChoices(network)}
      none=""
      onChoose={(item) => {
        const added = insert(side, layer, item);
        show(added);
        goOnAtLayer(added);
      }}
      onClose={onClose}
    />
  );
}
