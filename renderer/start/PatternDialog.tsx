import { useEffect, useMemo, useRef, useState } from 'react';
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
import { Modal } from '../ui/Modal.tsx';
import { focusRefused } from '../ui/refused.ts';
import { dropRefusedTexts } from '../ui/refused-text.ts';
import { NetworkPicture } from './NetworkPicture.tsx';
import { pictureOf } from './network-picture.ts';
import patternStyles from './PatternDialog.module.css';

/** What its fields refuse is kept under this, until it is closed. */
const SCOPE = 'pattern';

/** Asks for N, M and K, and shows what they make. */
export function PatternDialog({
  onCreate,
  onClose,
}: {
  readonly onCreate: (design: Design) => void;
  readonly onClose: () => void;
}) {
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => () => dropRefusedTexts((key) => key.startsWith(SCOPE)), []);
  const [pattern, setPattern] = useState<Pattern>(DEFAULT_PATTERN);
  const design = useMemo(() => patternDesign(pattern), [pattern]);
  const { totals } = useMemo(() => propagate(design.network), [design]);
  const picture = useMemo(() => pictureOf(design.network), [design]);
  return (
    <Modal title="A network by its pattern" onClose={onClose}>
      <p className={patternStyles.formula}>{describePattern(pattern)}</p>
      <div className={patternStyles.picture}>
        <NetworkPicture picture={picture} />
      </div>
      <div ref={form}>
        <Fields
          specs={PATTERN_FIELDS}
          scope={SCOPE}
          values={[pattern]}
          onChange={(name, change) => setPattern({ ...pattern, [name]: change(pattern[name as keyof Pattern], 0) })}
          className={patternStyles.fields ?? ''}
        />
      </div>
      <div className={patternStyles.foot}>
        <span>
          {formatWhole(design.network.layers.size)} layers, {formatWhole(totals.params)} params
        </span>
        <Button kind="primary" onClick={() => focusRefused(form.current) || onCreate(design)}>
          Create
        </Button>
      </div>
    </Modal>
  );
}
