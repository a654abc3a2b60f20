import { LineWriter } from '#disk/line-writer.ts';
import { writeFileAtomic } from '#disk/write-file.ts';

/** Steps and epochs of a run as lines of JSON. What was in the file before stays until the run has begun. */
export class MetricsFile {
  readonly #path: string;
  readonly #lines: LineWriter<object>;
  #hasBegun = false;
  #isFailing = false;
  #isClosed = false;

  /** @param say prints what cannot be written, and when it can be again */
  constructor(path: string, say: (text: string) => void) {
    this.#path = path;
    this.#lines = new LineWriter<object>(path, {
      format: (event) => JSON.stringify(event),
      thin: leaveOutHalf,
      prepare: () => this.#replace(),
      onFailure: ({ message }) => {
        if (!this.#isFailing) say(`${message} It is tried again until it works.`);
        this.#isFailing = true;
      },
      onSuccess: () => {
        if (this.#isFailing) say(`${path} can be written again.`);
        this.#isFailing = false;
      },
    });
  }

  append(event: object): void {
    this.#lines.append([event]);
  }

  /** Throws where not all of it could be written. */
  async close(): Promise<void> {
    // A run that never began wrote nothing.
    if (this.#isClosed || (!this.#hasBegun && this.#lines.waiting === 0)) return;
    this.#isClosed = true;
    if (!(await this.#lines.close())) throw new Error(`The end of ${this.#path} is missing: it could not be written.`);
  }

  async #replace(): Promise<void> {
    if (this.#hasBegun) return;
    await writeFileAtomic(this.#path, '');
    this.#hasBegun = true;
  }
}

/** Every second step: so many only wait where the disk has been full for long. */
function leaveOutHalf(events: readonly object[]): readonly object[] {
  let steps = 0;
  return events.filter((event) => {
    if (!('event' in event) || event.event !== 'step') return true;
    steps += 1;
    return steps % 2 === 0;
  });
}
