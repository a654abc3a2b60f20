import type { RunPlan } from '#contract/schemas.ts';
import { formatDuration, formatLoss } from '#core/format.ts';

const WIDTH = 24;

/** A progress bar on a terminal's last line; silent where standard error is no terminal. */
export class ProgressBar {
  readonly #begin = performance.now();
  readonly #plan: RunPlan;

  constructor(plan: RunPlan) {
    this.#plan = plan;
  }

  draw(step: number, loss: number): void {
    if (!process.stderr.isTTY) return;
    const { steps, stepsPerEpoch } = this.#plan;
    const share = Math.min(1, step / steps);
    const filled = Math.round(share * WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const spent = performance.now() - this.#begin;
    const left = step === 0 ? '' : `  ${formatDuration((spent / step) * (steps - step))} left`;
    const epoch = Math.min(Math.floor((step - 1) / stepsPerEpoch) + 1, Math.ceil(steps / stepsPerEpoch));
    process.stderr.write(`\r\x1b[K${bar} epoch ${epoch}  step ${step}/${steps}  loss ${formatLoss(loss)}${left}`);
  }

  clear(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}
