import { useEffect, useMemo } from 'react';
import type { LayerId } from '#core/network/network.ts';
import { diffDesigns } from '#core/project/diff.ts';
import { goOnAtLayer } from '../canvas/focus-layer.ts';
import { useMain } from '../connection/context.ts';
import { select, useDocument } from '../document/store.ts';
import { useShow } from '../outline/use-show.ts';
import { Modal } from '../ui/Modal.tsx';
import styles from './Compare.module.css';
import { closeCompare, compareAgain, useCompare } from './compare-store.ts';
import { Differences } from './Differences.tsx';
import { SourceChooser } from './SourceChooser.tsx';

/** Compares the design on the canvas with another one. */
export function CompareDialog() {
  const open = useCompare((state) => state.open);
  return open ? <OpenDialog /> : null;
}

function OpenDialog() {
  const main = useMain();
  useEffect(() => compareAgain(main), [main]);
  const show = useShow();
  const choose = (layer: LayerId) => {
    closeCompare();
    select([layer]);
    show(layer);
    goOnAtLayer(layer);
  };
  return (
    <Modal title="Compare designs" onClose={closeCompare} className={styles.popup}>
      <SourceChooser />
      <Result onChoose={choose} />
    </Modal>
  );
}

function Result({ onChoose }: { readonly onChoose: (layer: LayerId) => void }) {
  const { source, other, fault } = useCompare();
  const design = useDocument((state) => state.design);
  const diff = useMemo(() => other && diffDesigns(other, design), [other, design]);
  if (source === undefined) {
    return (
      <p className={styles.hint}>
        Choose a design to see what changed from it to this one: layers, connections, settings, and what that does to
        params, MACs and memory.
      </p>
    );
  }
  if (fault !== '') {
    return (
      <p className={styles.fault} role="alert">
        {fault}
      </p>
    );
  }
  if (diff === undefined) return <p className={styles.hint}>Reading {source.label}…</p>;
  return <Differences diff={diff} names={{ before: source.label, after: 'This design' }} onChoose={onChoose} />;
}
