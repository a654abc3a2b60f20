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
import { anchored, boxOf } from '../canvas/frames.ts';
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
  const apply = (how: Alignment) => {
    const { design, selection } = useDocument.getState();
    const boxes = [...selection].flatMap((id) => {
      const layer = design.network.layers.get(id);
      if (layer?.position === undefined) return [];
      const { left, top, width, height } = boxOf(design.network, layer);
      return [[id, { position: [left, top] as const, width, height }] as const];
    });
    const aligned = [...align(new Map(boxes), how)].map(([id, [x, y]]) => {
      const { position } = anchored(design.network, { id, position: { x, y } });
      return [id, [position.x, position.y] as const] as const;
    });
    edit({ type: 'move', positions: new Map(aligned) });
  };
  return (
    <div className={styles.alignments} role="toolbar" aria-label="Align">
      {(Object.keys(ALIGNMENTS) as Alignment[]).map((how) => (
        <IconButton key={how} label={ALIGNMENTS[how]} icon={ICONS[how]} onClick={() => apply(how)} />
      ))}
    </div>
  );
}
