import { open, stat, truncate } from 'node:fs/promises';
import { readTensors } from '../files/safetensors.ts';
import { RunHistory } from './history.ts';
import { scanMetrics } from './metrics.ts';
import type { Checkpoint, RunFolder } from './run-folder.ts';

/** A run's history: what was saved with its checkpoint, and what its metrics say of the steps after that. */
export async function readHistory(folder: RunFolder): Promise<RunHistory> {
  const { history, bytes } = await savedUpTo(folder, await sizeOf(folder.metrics));
  await scanMetrics(
    folder.metrics,
    (metric) => {
      history.add(metric);
      return true;
    },
    bytes,
  );
  return history;
}

/**
 * Takes a run's metrics back to where a checkpoint was made, or to the beginning: what came later is computed, and
 * written, again. The file is cut off there, which takes no time however long it is; checkpoints that do not say where that
 * is (earlier versions) need one look through the file.
 *
 * @returns the history up to there
 */
export async function rewindMetrics(folder: RunFolder, checkpoint: Checkpoint | undefined): Promise<RunHistory> {
  const end = checkpoint?.metricsBytes;
  const step = checkpoint?.position.step ?? 0;
  const epoch = checkpoint?.position.epoch ?? 1;
  const size = await sizeOf(folder.metrics);
  if (end !== undefined && end <= size) {
    const history = await historyUpTo(folder, end);
    if (history?.step === step) {
      if (end < size) await truncate(folder.metrics, end);
      return history;
    }
  }
  const history = new RunHistory();
  let kept = 0;
  await scanMetrics(folder.metrics, (metric, next) => {
    const isLater =
      (metric.event === 'step' && metric.step > step) ||
      (metric.event === 'epoch' && metric.epoch >= epoch) ||
      metric.event === 'end';
    if (isLater) return false;
    history.add(metric);
    kept = next;
    return true;
  });
  if (kept < size) await truncate(folder.metrics, kept);
  return history;
}

/** What the first bytes of a run's metrics say; undefined where no line ends there. */
async function historyUpTo(folder: RunFolder, end: number): Promise<RunHistory | undefined> {
  if (!(await endsLine(folder.metrics, end))) return undefined;
  const { history, bytes } = await savedUpTo(folder, end);
  await scanMetrics(
    folder.metrics,
    (metric, next) => {
      if (next <= end) history.add(metric);
      return next < end;
    },
    bytes,
  );
  return history;
}

/** The saved history, where it covers no more than the first bytes of the metrics; else the beginning. */
async function savedUpTo(folder: RunFolder, end: number): Promise<{ history: RunHistory; bytes: number }> {
  const saved = await readTensors(folder.history)
    .then((file) => RunHistory.fromFile(file))
    .catch(() => undefined);
  const fits = saved !== undefined && saved.bytes <= end && (await endsLine(folder.metrics, saved.bytes));
  return fits ? saved : { history: new RunHistory(), bytes: 0 };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : 0;
}

const NEWLINE = 0x0a;

/** Whether a line ends just before a byte of a file. */
async function endsLine(path: string, at: number): Promise<boolean> {
  if (at === 0) return true;
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, at - 1);
    return bytesRead === 1 && buffer[0] === NEWLINE;
  } finally {
    await file.close();
  }
}
