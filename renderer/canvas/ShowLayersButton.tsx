import { FoldHorizontal, UnfoldHorizontal } from 'lucide-react';
import type { LayerId } from '#core/network/network.ts';
import styles from './ShowLayersButton.module.css';
import { useShowLayers } from './use-show-layers.ts';

interface Props {
  readonly id: LayerId;
  readonly name: string;
  /** Whether the block is expanded. */
  readonly shown: boolean;
}

/** Expands a block on the canvas, or collapses it. For the pointer: with keys that is done in "Layer settings". */
export function ShowLayersButton({ id, name, shown }: Props) {
  const show = useShowLayers();
  const label = shown ? `Hide the layers of ${name}` : `Show the layers of ${name}`;
  const Icon = shown ? FoldHorizontal : UnfoldHorizontal;
  return (
    <button
      type="button"
      className={`${styles.button} nodrag`}
      aria-label={label}
      title={label}
      tabIndex={-1}
      onClick={() => show([id], !shown)}
    >
      <Icon size={15} aria-hidden="true" />
    </button>
  );
}
