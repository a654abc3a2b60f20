/** Attacks the readers, each in a process of its own: what ends or hangs it ends nothing else, and is known by its turn. */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NO_TELEMETRY } from '#contract/telemetry.ts';
import { withFolder } from './child.ts';
import { outcomeOf, type Report, readerNames } from './mutations.ts';
import type { Outcome } from './table.ts';

/** Milliseconds without another input after which a process hangs, and between two looks. */
const PATIENCE = 120_000;
const LOOK_EVERY = 2000;
/** Processes of one reader that may end before the rest of its inputs is given up. */
const MOST_ENDS = 5;

export interface Wanted {
  readonly seed: number;
  readonly tries: number;
  /** Only this reader; only this turn of it. */
  readonly reader?: string;
  readonly turn?: number;
}

export async function attackAll({ seed, tries, reader, turn }: Wanted): Promise<readonly Outcome[]> {
  const shares = readerNames.reduce((sum, { share }) => sum + share, 0);
  const chosen = readerNames.filter(({ name }) => reader === undefined || name.startsWith(reader));
  const outcomes: Outcome[] = [];
  for (const { name, share } of chosen) {
    const [first, end] = turn === undefined ? [0, Math.ceil((share / shares) * tries)] : [turn, turn + 1];
    const report = await attackOne(name, seed, first, end);
    outcomes.push(outcomeOf(report, seed));
    for (const failure of report.failures) process.stdout.write(`  ${name}:${failure.turn}: ${failure.what}\n`);
  }
  return outcomes;
}

const NOTHING = { seconds: 0, grown: 0 };

/** Goes on behind an input that ended the process. */
async function attackOne(name: string, seed: number, begin: number, end: number): Promise<Report> {
  let report: Report = { reader: name, tries: 0, accepted: 0, failures: [], failed: 0, ...NOTHING };
  let next = begin;
  for (let ends = 0; next < end && ends < MOST_ENDS; ends++) {
    const { found, turn } = await inProcess(name, seed, next, end);
    const failures = [...report.failures, ...found.failures];
    const accepted = report.accepted + found.accepted;
    const failed = report.failed + found.failed;
    const [seconds, grown] = [report.seconds + found.seconds, Math.max(report.grown, found.grown)];
    report = { reader: name, tries: turn - begin, accepted, failures, failed, seconds, grown };
    next = turn;
  }
  return report;
}

/** @returns what was found, and the turn to go on with */
function inProcess(name: string, seed: number, begin: number, end: number) {
  return withFolder(async (folder) => {
    const progress = join(folder, 'turn');
    writeFileSync(progress, '');
    const words = [name, seed, begin, end, progress].map(String);
    const child = fork(join(import.meta.dirname, 'mutations-child.mjs'), words, {
      env: { ...process.env, ...NO_TELEMETRY },
      serialization: 'advanced',
    });
    let report: Report | undefined;
    let [last, since] = ['', performance.now()];
    child.on('message', (message) => {
      report = message as Report;
    });
    const looking = setInterval(() => {
      const turn = readFileSync(progress, 'utf8');
      if (turn !== last) [last, since] = [turn, performance.now()];
      else if (performance.now() - since > PATIENCE) child.kill('SIGKILL');
    }, LOOK_EVERY);
    const how = await new Promise<string>((resolve) =>
      child.on('exit', (code, signal) =>
        resolve(signal === 'SIGKILL' ? 'it did not end' : `it ended with ${signal ?? code}`),
      ),
    );
    clearInterval(looking);
    if (report !== undefined) return { found: report, turn: end };
    const at = Number(readFileSync(progress, 'utf8').trim() || begin);
    const found: Report = {
      reader: name,
      tries: 1,
      accepted: 0,
      failures: [{ turn: at, what: `the process: ${how}` }],
      failed: 1,
      ...NOTHING,
    };
    return { found, turn: at + 1 };
  });
}
