import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { formatWhole } from '#core/format.ts';
import { propagate } from '#core/network/propagate.ts';
import type { Design } from '#core/project/design.ts';
import {
  DEFAULT_PATTERN,
  describePattern,
  PATTERN_FIELDS,
  type Pattern,
  patternDesign,
} from '#core/templates/pattern.ts';
import { Fields } from '../inspector/Fields.tsx';
import { Button } from '../ui/Button.tsx';
import styles from '../ui/Dialog.module.css';
import { IconButton } from '../ui/IconButton.tsx';
import { NetworkPicture } from './NetworkPicture.tsx';
import { pictureOf } from './network-picture.ts';
import patternStyles from './PatternDialog.module.css';

/** Asks for N, M and K, and shows what they make. */
export function PatternDialog({
  onCreate,
  onClose,
}: {
  readonly onCreate: (design: Design) => void;
  readonly onClose: () => void;
}) {
  const [pattern, setPattern] = useState<Pattern>(DEFAULT_PATTERN);
  const design = useMemo(() => patternDesign(pattern), [pattern]);
  const { totals } = useMemo(() => propagate(design.network), [design]);
  const picture = useMemo(() => pictureOf(design.network), [design]);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup}>
          <div className={styles.head}>
            <Dialog.Title>A network by its pattern</Dialog.Title>
            <IconButton label="Close" icon={X} onClick={onClose} />
          </div>
          <p className={patternStyles.formula}>{describePattern(pattern)}</p>
          <div className={patternStyles.picture}>
            <NetworkPicture picture={picture} />
          </div>
          <Fields
            specs={PATTERN_FIELDS}
            values={pattern}
            onChange={(fields) => setPattern({ ...pattern, ...fields })}
            className={patternStyles.fields ?? ''}
          />
          <div className={patternStyles.foot}>
            <span>
              {formatWhole(design.network.layers.size)} layers, {formatWhole(totals.params)} params
            </span>
            <Button kind="primary" onClick={() => onCreate(design)}>
              Create
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
