import { useMemo } from 'react';
import type { EpochMetrics } from '#contract/schemas.ts';
import { formatLoss, formatPercent } from '#core/format.ts';
import type { StepSeries } from '#core/training/history.ts';
import { Curve } from './Curve.tsx';
import { useTraining } from './context.ts';
import type { CurveData } from './curve-values.ts';
import { useRun } from './run-store.ts';
import styles from './Training.module.css';
import { TrainPanel } from './TrainPanel.tsx';

/** Share of the smoothed curve that each new value changes. */
const SMOOTHING = 0.1;

/** The steps' values smoothed, with the validation values at the steps where an epoch ended. */
function curve(
  { first, every }: StepSeries,
  values: Float32Array,
  validation: readonly { readonly step: number; readonly value: number }[],
): CurveData {
  const { length } = values;
  const steps = Array.from({ length }, (_, i) => first + i * every + (every - 1) / 2);
  let smooth = values[0] ?? 0;
  const training = Array.from(values, (value, i) => {
    smooth += Math.max(SMOOTHING, 1 / (i + 1)) * (value - smooth);
    return smooth;
  });
  const held = new Array<number | null>(length).fill(null);
  for (const { step, value } of validation) {
    const at = Math.min(length - 1, Math.floor((step - first) / every));
    if (at >= 0) held[at] = value;
  }
  return { steps, training, validation: held };
}

/** The Training tab: settings at the left, curves at the right. */
export function TrainingTab() {
  const training = useTraining();
  const epochs = useRun((state) => state.epochs);
  const step = useRun((state) => state.step);
  const loss = useRun((state) => state.loss);
  const last = epochs.at(-1);
  const readers = useMemo(() => {
    const held = (pick: (epoch: EpochMetrics) => number) =>
      useRun.getState().epochs.map((epoch) => ({ step: epoch.step, value: pick(epoch) }));
    return {
      loss: () => {
        const series = training.history.series();
        return curve(
          series,
          series.losses,
          held((epoch) => epoch.valLoss),
        );
      },
      accuracy: () => {
        const series = training.history.series();
        return curve(
          series,
          series.accuracies,
          held((epoch) => epoch.valAccuracy),
        );
      },
      version: () => `${training.history.count} ${useRun.getState().epochs.length}`,
    };
  }, [training]);
  const began = step > 0;
  return (
    <div className={styles.layout}>
      <TrainPanel />
      <div className={styles.charts}>
        <Curve
          name="Loss curve"
          format={formatLoss}
          training={began && loss !== undefined ? `training ${formatLoss(last?.loss ?? loss)}` : 'training'}
          validation={last === undefined ? 'validation' : `validation ${formatLoss(last.valLoss)}`}
          read={readers.loss}
          version={readers.version}
        />
        <Curve
          name="Accuracy curve"
          format={formatPercent}
          range={[0, 1]}
          training={
            began ? (last === undefined ? 'training …' : `training ${formatPercent(last.accuracy)}`) : 'training'
          }
          validation={last === undefined ? 'validation' : `validation ${formatPercent(last.valAccuracy)}`}
          read={readers.accuracy}
          version={readers.version}
        />
      </div>
    </div>
  );
}
