import { useEffect, useState } from 'react';
import type { TrainingMemory } from '#contract/schemas.ts';
import { formatBytes, formatWhole } from '#core/format.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { useMain } from '../connection/context.ts';
import { useDocument } from '../document/store.ts';
import { useRun } from '../training/run-store.ts';
import styles from './Panels.module.css';

/** Milliseconds without a change before the step is gone through: compiling a large network takes a while. */
const PAUSE = 600;

/** What the training process will take, as the training process itself predicts it. */
export function TrainingMemoryNote() {
  const main = useMain();
  const design = useDocument((state) => state.design);
  const trainable = useDocument((state) => state.report.problems.length === 0 && state.report.output !== undefined);
  const device = useRun(({ devices, device: chosen }) => devices.find(({ id }) => id === chosen));
  const available = device?.memory ?? undefined;
  const [memory, setMemory] = useState<TrainingMemory>();
  useEffect(() => {
    if (!trainable) return setMemory(undefined);
    let current = true;
    const timer = setTimeout(() => {
      main.call('devices.memory', { design: formatDesign(design), ...(available && { available }) }).then(
        (found) => {
          if (current) setMemory(found);
        },
        () => {
          if (current) setMemory(undefined); // what is wrong with the design stands under Problems
        },
      );
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [main, design, trainable, available]);
  if (memory === undefined) return null;
  const { training } = design;
  const { total, state, values, largestBatch } = memory;
  const room = `${available === undefined ? 'This machine' : device?.name}'s ${formatBytes(memory.available)}`;
  return (
    <p className={styles.memory} data-testid="training-memory">
      Training a batch of {training.batchSize} will take about <strong>{formatBytes(total)}</strong> at its largest:{' '}
      {formatBytes(state)} for the weights and what the optimizer keeps, {formatBytes(values)} for activations,
      gradients and copies, the rest for the runtime.{' '}
      {largestBatch === 0
        ? `${room} are not enough, whatever the batch.`
        : `${room} would do for a batch of ${formatWhole(largestBatch)}.`}
    </p>
  );
}
