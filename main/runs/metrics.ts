import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { epochMetrics, runPlan } from '#contract/schemas.ts';
import { parseJson } from '../files/json-file.ts';
import { eachLine, readLines } from '../files/lines.ts';

/** Steps of a run at most. */
export const MAX_STEP = 2 ** 40;
/** Loss and share of hits of one step; of `every` steps, the last of which is `step`, where they are thinned out. */
const stepMetric = z.object({
  event: z.literal('step'),
  step: z.int().positive().max(MAX_STEP),
  loss: z.number(),
  accuracy: z.number(),
  every: z.int().positive().optional(),
});
type StepMetric = z.infer<typeof stepMetric>;

/** One line of a run's metrics.jsonl. */
export const metricSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('plan'), ...runPlan.shape }),
  stepMetric,
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

export function formatMetric(metric: Metric): string {
  return JSON.stringify(metric);
}

/** A step's line as we write it, and where the first letter of its event stands: no other event has an "s" there. */
const EVENT = '{"event":"'.length;
const LETTER_S = 0x73;
const NUMBER = '(-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)';
const STEP_LINE = new RegExp(`^{"event":"step","step":(\\d{1,12}),"loss":${NUMBER},"accuracy":${NUMBER}}$`);

/** A line of metrics; undefined where it is none. Steps as we write them, nearly all lines, need no schema. */
function parseMetric(bytes: Buffer, begin: number, end: number): Metric | undefined {
  if (bytes[begin + EVENT] === LETTER_S) {
    const [, step, loss, accuracy] = STEP_LINE.exec(bytes.toString('latin1', begin, end)) ?? [];
    if (step !== undefined && step !== '0') {
      return { event: 'step', step: Number(step), loss: Number(loss), accuracy: Number(accuracy) };
    }
  }
  return metricSchema.safeParse(parseJson(bytes.toString('utf8', begin, end))).data;
}

/**
 * Reads a run's metrics in order, in bounded memory. Lines that are no metric, as the torn last line of a run that was
 * killed, are left out.
 *
 * @param onMetric gets each with the byte of the file at which the next line begins; `false` ends the reading
 * @param from byte to begin at: the beginning of a line
 */
export async function scanMetrics(
  path: string,
  onMetric: (metric: Metric, next: number) => boolean,
  from = 0,
): Promise<void> {
  if (!(await isFile(path))) return;
  for await (const { bytes, at } of readLines(path, from)) {
    const goesOn = eachLine(bytes, (begin, end) => {
      const metric = parseMetric(bytes, begin, end);
      return metric === undefined || onMetric(metric, at + end + 1);
    });
    if (!goesOn) return;
  }
}

/** The same for whoever wants to wait in between. */
export async function* readMetrics(path: string): AsyncGenerator<Metric> {
  if (!(await isFile(path))) return;
  for await (const { bytes } of readLines(path)) {
    const metrics: Metric[] = [];
    eachLine(bytes, (begin, end) => {
      const metric = parseMetric(bytes, begin, end);
      if (metric !== undefined) metrics.push(metric);
      return true;
    });
    yield* metrics;
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** Epochs' lines that are kept when metrics are thinned. */
const MAX_EPOCHS = 10_000;

/** About half as many metrics: two steps' values become their mean, and of very many epochs every second goes. */
export function thinMetrics(metrics: readonly Metric[]): readonly Metric[] {
  const thinned: Metric[] = [];
  const epochs = metrics.filter(({ event }) => event === 'epoch').length;
  let first: StepMetric | undefined;
  let epoch = 0;
  for (const metric of metrics) {
    if (metric.event === 'epoch') {
      epoch += 1;
      if (epochs <= MAX_EPOCHS || epoch % 2 === 0) thinned.push(metric);
    } else if (metric.event !== 'step') {
      thinned.push(metric);
    } else if (first === undefined) {
      first = metric;
    } else {
      thinned.push(...meanOf(first, metric));
      first = undefined;
    }
  }
  return first === undefined ? thinned : [...thinned, first];
}

/** Two neighbours as one; as they are where steps are missing between them. */
function meanOf(a: StepMetric, b: StepMetric): readonly StepMetric[] {
  const [before, after] = [a.every ?? 1, b.every ?? 1];
  if (b.step - after !== a.step) return [a, b];
  const every = before + after;
  const mean = (x: number, y: number) => (x * before + y * after) / every;
  return [{ ...b, loss: mean(a.loss, b.loss), accuracy: mean(a.accuracy, b.accuracy), every }];
}
