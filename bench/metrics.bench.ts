import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { formatBytes, formatWhole } from '#core/format.ts';
import { formatMetric } from '#main/runs/metrics.ts';
import { readHistory, rewindMetrics } from '#main/runs/read-history.ts';
import { RunFolder } from '#main/runs/run-folder.ts';
import { Position } from '#main/training/position.ts';

/** Steps of the run; METRIC_STEPS sets them. */
const STEPS = Number(process.env['METRIC_STEPS'] ?? 10_000_000);
const AT_ONCE = 10_000;

export const title = `opening and resuming a run of ${formatWhole(STEPS)} steps`;

/** Writes a long run's metrics, reads and cuts them with and without the saved history, and says time and memory. */
export async function run(): Promise<void> {
  const folder = new RunFolder(mkdtempSync(join(tmpdir(), 'convcanvas-metrics-')));
  try {
    const lastButSome = await writeMetrics(folder.metrics);
    const { size } = statSync(folder.metrics);
    console.log(`  metrics.jsonl: ${formatBytes(size)}`);
    const position = new Position();
    position.step = STEPS - AT_ONCE;
    const history = await timed('opened without a saved history', () => readHistory(folder));
    const again = await timed('cut at a checkpoint of an earlier version', () =>
      rewindMetrics(folder, { position, values: new Map() }),
    );
    if (history.step !== STEPS || again.step !== position.step) throw new Error('The steps are not what was written.');
    await folder.saveHistory(again, lastButSome);
    await timed('opened', () => readHistory(folder));
    await timed('cut at a checkpoint', () =>
      rewindMetrics(folder, { position, values: new Map(), metricsBytes: lastButSome }),
    );
  } finally {
    rmSync(folder.path, { recursive: true, force: true });
  }
}

/** @returns bytes up to the last 10,000 steps */
async function writeMetrics(path: string): Promise<number> {
  const file = createWriteStream(path);
  let bytes = 0;
  let mark = 0;
  for (let begin = 0; begin < STEPS; begin += AT_ONCE) {
    mark = bytes;
    const lines = Array.from({ length: AT_ONCE }, (_, i) => {
      const [step, loss] = [begin + i + 1, Math.fround(Math.random())];
      return `${formatMetric({ event: 'step', step, loss, accuracy: Math.floor(65 * loss) / 64 })}\n`;
    });
    const text = lines.join('');
    bytes += text.length;
    if (!file.write(text)) await new Promise<void>((resolve) => file.once('drain', () => resolve()));
  }
  file.end();
  await finished(file);
  return mark;
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  let most = process.memoryUsage.rss();
  const before = most;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  const begin = performance.now();
  const result = await work();
  clearInterval(timer);
  const seconds = (performance.now() - begin) / 1000;
  console.log(`  ${what}: ${seconds.toFixed(2)} s, ${formatBytes(Math.max(0, most - before))} more memory`);
  return result;
}
