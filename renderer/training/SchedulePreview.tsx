import { formatPlain } from '#core/format.ts';
import { learningRateAt } from '#core/training/schedules/index.ts';
import type { TrainingSettings } from '#core/training/settings.ts';
import styles from './Training.module.css';

/** Points that the curve is drawn with, and the size of the picture. */
const POINTS = 160;
const [WIDTH, HEIGHT] = [312, 46];

/** The learning rate over the run, as it is planned. */
export function SchedulePreview({ settings }: { readonly settings: TrainingSettings }) {
  // Steps do not matter for the shape: as if every epoch had a hundred.
  const perEpoch = 100;
  const steps = Math.max(2, Math.round(settings.epochs * perEpoch));
  const rates = Array.from({ length: POINTS }, (_, i) =>
    learningRateAt(settings, Math.round((i / (POINTS - 1)) * (steps - 1)), perEpoch, steps),
  );
  const most = Math.max(...rates, Number.MIN_VALUE);
  const points = rates.map(
    (rate, i) => `${((i / (POINTS - 1)) * WIDTH).toFixed(1)},${(HEIGHT - 2 - (rate / most) * (HEIGHT - 5)).toFixed(1)}`,
  );
  const label = `Learning rate from ${formatPlain(rates[0] ?? 0)} over ${formatPlain(most)} to ${formatPlain(rates.at(-1) ?? 0)}`;
  return (
    <figure className={styles.preview} aria-label="Learning rate over the run">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} preserveAspectRatio="none">
        <polyline points={points.join(' ')} />
      </svg>
      <figcaption>
        {settings.schedule === 'plateau'
          ? 'until the validation loss rests'
          : `up to ${formatPlain(most)}, over ${settings.epochs} epochs`}
      </figcaption>
    </figure>
  );
}
