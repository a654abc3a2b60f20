import { useReactFlow } from '@xyflow/react';
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalSpaceAround,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalSpaceAround,
  type LucideIcon,
} from 'lucide-react';
import { ALIGNMENTS, type Alignment, align } from '#core/network/align.ts';
import { NODE } from '../canvas/layout.ts';
import { edit, useDocument } from '../document/store.ts';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './LayerSettings.module.css';

const ICONS: { readonly [A in Alignment]: LucideIcon } = {
  left: AlignStartVertical,
  center: AlignCenterVertical,
  right: AlignEndVertical,
  top: AlignStartHorizontal,
  middle: AlignCenterHorizontal,
  bottom: AlignEndHorizontal,
  columns: AlignHorizontalSpaceAround,
  rows: AlignVerticalSpaceAround,
};

/** Lines up the selected layers, or spaces them evenly. */
export function Alignments() {
  const { getNode } = useReactFlow();
  const apply = (how: Alignment) => {
    const { design, selection } = useDocument.getState();
    const boxes = [...selection].flatMap((id) => {
      const position = design.network.layers.get(id)?.position;
      if (position === undefined) return [];
      const { width = NODE.width, height = NODE.height } = getNode(id)?.measured ?? {};
      return [[id, { position, width, height }] as const];
    });
    edit({ type: 'move', positions: align(new Map(boxes), how) });
  };
  return (
    <div className={styles.alignments} role="toolbar" aria-label="Align">
      {(Object.keys(ALIGNMENTS) as Alignment[]).map((how) => (
        <IconButton key={how} label={ALIGNMENTS[how]} icon={ICONS[how]} onClick={() => apply(how)} />
      ))}
    </div>
  );
}
