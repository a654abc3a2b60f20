import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { epochMetrics, runPlan } from '#contract/schemas.ts';
import { writeFileAtomic } from '#disk/write-file.ts';
import { parseJson } from '../files/json-file.ts';

/** One line of a run's metrics.jsonl. */
export const metricSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('plan'), ...runPlan.shape }),
  z.object({ event: z.literal('step'), step: z.int().positive(), loss: z.number(), accuracy: z.number() }),
  z.object({ event: z.literal('epoch'), ...epochMetrics.shape }),
  /** The run went on from a checkpoint. */
  z.object({ event: z.literal('resume'), step: z.int().nonnegative(), at: z.string() }),
  z.object({
    event: z.literal('end'),
    status: z.enum(['finished', 'stopped', 'failed', 'diverged']),
    message: z.string(),
  }),
]);
export type Metric = z.infer<typeof metricSchema>;

/** A run's metrics, in order. Lines that are no metric, as the torn last line of a run that was killed, are left out. */
export async function* readMetrics(path: string): AsyncGenerator<Metric> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return;
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const parsed = metricSchema.safeParse(parseJson(line));
    if (parsed.success) yield parsed.data;
  }
}

function linesOf(metrics: readonly Metric[]): string {
  return metrics.map((metric) => `${JSON.stringify(metric)}\n`).join('');
}

/** Takes a run's metrics back to where a checkpoint was made: what came later is computed, and written, again. */
export async function rewindMetrics(path: string, { step, epoch }: { step: number; epoch: number }): Promise<void> {
  const kept: Metric[] = [];
  for await (const metric of readMetrics(path)) {
    if (metric.event === 'step' && metric.step > step) continue;
    if (metric.event === 'epoch' && metric.epoch >= epoch) continue;
    if (metric.event === 'end' || metric.event === 'plan') continue;
    kept.push(metric);
  }
  await writeFileAtomic(path, linesOf(kept));
}

/** Appends to a run's metrics, in the order of the calls, without anybody waiting. */
export class MetricsWriter {
  readonly #file: Promise<FileHandle>;
  #last: Promise<unknown>;

  constructor(path: string) {
    this.#file = open(path, 'a');
    this.#last = this.#file;
    // A file that cannot be opened is reported where somebody waits for it.
    this.#last.catch(() => undefined);
  }

  append(...metrics: readonly Metric[]): void {
    this.#last = this.#last.then(async () => (await this.#file).appendFile(linesOf(metrics)));
    this.#last.catch(() => undefined);
  }

  /** Resolves when all that was appended is on the disk; throws where it could not be written. */
  async flushed(): Promise<void> {
    await this.#last;
    await (await this.#file).datasync();
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await (await this.#file.catch(() => undefined))?.close();
  }
}
