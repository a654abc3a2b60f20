/** Milliseconds of quiet after which a change is saved. */
const QUIET = 250;
/** Milliseconds after which it is saved although changes go on; writing takes its time, too, and at most a second may be lost. */
const MAX_WAIT = 400;
/** Milliseconds before a write that failed is tried again; each failure doubles the pause. */
const FIRST_RETRY = 1000;
const MAX_RETRY = 30_000;

/** Decides when the next save is due: soon after changes, and later and later as long as saving fails. */
export class SavePause {
  readonly #save: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the first change came that waits to be saved. */
  #changedAt: number | undefined;
  #failures = 0;

  /** @param save called when a save is due */
  constructor(save: () => void) {
    this.#save = save;
  }

  afterChange(): void {
    // While saving fails, changes do not make it be tried sooner.
    if (this.#failures > 0) return;
    this.#changedAt ??= performance.now();
    const waited = performance.now() - this.#changedAt;
    this.#due(Math.min(QUIET, Math.max(0, MAX_WAIT - waited)));
  }

  afterFailure(): void {
    this.#due(Math.min(MAX_RETRY, FIRST_RETRY * 2 ** this.#failures));
    this.#failures += 1;
  }

  /** A save has begun, or nothing is to be saved any more. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changedAt = undefined;
  }

  /** A save has succeeded. */
  reset(): void {
    this.cancel();
    this.#failures = 0;
  }

  #due(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#save, milliseconds);
  }
}
