import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { diffDesigns } from '#core/project/diff.ts';
import { useMain } from '../connection/context.ts';
import { select, useDocument } from '../document/store.ts';
import { useShow } from '../outline/use-show.ts';
import dialog from '../ui/Dialog.module.css';
import { IconButton } from '../ui/IconButton.tsx';
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
  return (
    <Dialog.Root open onOpenChange={(open) => !open && closeCompare()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={`${dialog.popup} ${styles.popup}`}>
          <div className={dialog.head}>
            <Dialog.Title>Compare designs</Dialog.Title>
            <IconButton label="Close" icon={X} onClick={closeCompare} />
          </div>
          <SourceChooser />
          <Result />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Result() {
  const { source, other, fault } = useCompare();
  const design = useDocument((state) => state.design);
  const show = useShow();
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
  return (
    <Differences
      diff={diff}
      names={{ before: source.label, after: 'This design' }}
      onChoose={(layer) => {
        closeCompare();
        select([layer]);
        show(layer);
      }}
    />
  );
}
