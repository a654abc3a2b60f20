import { Popover } from '@base-ui/react/popover';
import { X } from 'lucide-react';
import { canvasLayer, expand } from '#core/network/expand.ts';
import { inputsOf } from '#core/network/network.ts';
import { slotCount } from '#core/training/optimizers/index.ts';
import { workingOf } from '#core/working/of-layer.ts';
import { workingOfTotal } from '#core/working/totals.ts';
import type { Working } from '#core/working/working.ts';
import { select, useDocument } from '../document/store.ts';
import { Button } from '../ui/Button.tsx';
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
          <Popover.Popup className={styles.popup ?? ''}>
            {subject !== undefined && <Content subject={subject} />}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Content({ subject }: { readonly subject: Subject }) {
  const working = useDocument(({ design, report }) => workingFor(subject, design, report));
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
            hideWorking();
          }}
        >
          Show its settings
        </Button>
      )}
    </>
  );
}

type Document = ReturnType<typeof useDocument.getState>;

let last: { readonly key: readonly unknown[]; readonly working: Working | undefined } | undefined;

/** Worked out anew only where something of it changed: zustand compares what it gets. */
function workingFor(subject: Subject, design: Document['design'], report: Document['report']): Working | undefined {
  const key = [subject, report, design.training.batchSize, design.training.optimizer];
  if (last?.key.every((one, i) => one === key[i])) return last.working;
  last = { key, working: compute(subject, design, report) };
  return last.working;
}

function compute(subject: Subject, { network, training }: Document['design'], report: Document['report']) {
  const [batch, slots] = [training.batchSize, slotCount(training.optimizer)];
  if (subject.layer === undefined) return workingOfTotal(report, subject.total, batch, slots);
  const found = report.layers.get(subject.layer);
  if (found === undefined) return undefined;
  const feeding = (inputsOf(expand(network)).get(subject.layer) ?? []).flatMap((id) => report.layers.get(id) ?? []);
  return workingOf(found, subject.quantity, { network: report, feeding, batch, slots });
}
