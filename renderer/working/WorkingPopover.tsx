import { Popover } from '@base-ui/react/popover';
import { X } from 'lucide-react';
import { useMemo } from 'react';
import { canvasLayer, expand } from '#core/network/expand.ts';
import { inputsOf, type Network } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { slotCount } from '#core/training/optimizers/index.ts';
import { workingOf } from '#core/working/of-layer.ts';
import { workingOfTotal } from '#core/working/totals.ts';
import type { Working } from '#core/working/working.ts';
import { select, useDocument } from '../document/store.ts';
import { firstSetting } from '../inspector/settings-focus.ts';
import { Button } from '../ui/Button.tsx';
import { goOnAt } from '../ui/focus-keeper.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Steps } from './Steps.tsx';
import styles from './Working.module.css';
import { hideWorking, type Subject, useWorking } from './working-store.ts';

/** The working of the number that was pressed last, beside it. */
export function WorkingPopover() {
  const { subject, anchor } = useWorking();
  return (
    <Popover.Root open={subject !== undefined} onOpenChange={(open) => !open && hideWorking()}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} sideOffset={6} collisionPadding={10} className={styles.positioner ?? ''}>
          <Popover.Popup className={styles.popup ?? ''} finalFocus={false}>
            {subject !== undefined && <Content subject={subject} />}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Content({ subject }: { readonly subject: Subject }) {
  const network = useDocument(({ design }) => design.network);
  const report = useDocument((state) => state.report);
  const batch = useDocument(({ design }) => design.training.batchSize);
  const slots = useDocument(({ design }) => slotCount(design.training.optimizer));
  const working = useMemo(
    () => workingFor(subject, network, report, batch, slots),
    [subject, network, report, batch, slots],
  );
  if (working === undefined) return <Popover.Title className={styles.title ?? ''}>This layer is gone.</Popover.Title>;
  const { layer } = subject;
  return (
    <>
      <div className={styles.head}>
        <Popover.Title className={styles.title ?? ''}>{working.title}</Popover.Title>
        <IconButton label="Close" icon={X} onClick={hideWorking} />
      </div>
      <Steps working={working} />
      {layer !== undefined && (
        <Button
          onClick={() => {
            select([canvasLayer(layer)]);
            goOnAt(firstSetting);
            hideWorking();
          }}
        >
          Show its settings
        </Button>
      )}
    </>
  );
}

function workingFor(
  subject: Subject,
  network: Network,
  report: NetworkReport,
  batch: number,
  slots: number,
): Working | undefined {
  if (subject.layer === undefined) return workingOfTotal(report, subject.total, batch, slots);
  const found = report.layers.get(subject.layer);
  if (found === undefined) return undefined;
  const feeding = (inputsOf(expand(network)).get(subject.layer) ?? []).flatMap((id) => report.layers.get(id) ?? []);
  return workingOf(found, subject.quantity, { network: report, feeding, batch, slots });
}
