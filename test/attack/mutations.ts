/**
 * Gives every reader of what the program did not write itself, or may have been damaged since, mutated inputs. What a
 * reader refuses it must refuse with a sentence of its own; what it accepts, the next step must be able to work with.
 */
import { setImmediate } from 'node:timers/promises';
import { type Random, randomStream } from '#core/random.ts';
import { withFolder } from './child.ts';
import { rawError } from './judge.ts';
import { READERS, type Reader } from './readers/index.ts';
import type { Outcome } from './table.ts';

/** Bytes and seconds of processor time that one input may take. */
const MOST_BYTES = 512 * 2 ** 20;
const MOST_SECONDS = 5;
/** Failures of one reader that are told. */
const TOLD = 5;

export interface Failure {
  /** Together with the seed it names the input: `npm run attack mutations` with MUTATIONS=reader:turn tries it alone. */
  readonly turn: number;
  readonly what: string;
}

export interface Report {
  readonly reader: string;
  readonly tries: number;
  /** Inputs that were taken for valid ones. */
  readonly accepted: number;
  readonly failures: readonly Failure[];
  /** How many failed; not all of them are told. */
  readonly failed: number;
  /** Processor time that they took, and bytes by which the process grew at most. */
  readonly seconds: number;
  readonly grown: number;
}

export interface Turns {
  readonly seed: number;
  /** The first turn, and the one behind the last. */
  readonly begin: number;
  readonly end: number;
  /** Told before each turn. */
  onTurn?(turn: number): void;
}

export const readerNames = READERS.map(({ name, share }) => ({ name, share }));

/** The input of one turn depends on seed, reader and turn alone. */
function streamOf(seed: number, reader: string, turn: number): Random {
  return randomStream(seed, `${reader}/${turn}`);
}

const peak = () => 1024 * process.resourceUsage().maxRSS;
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Gives one reader so many mutated inputs. */
export function attackReader(name: string, { seed, begin, end, onTurn }: Turns): Promise<Report> {
  const reader = READERS.find((one) => one.name === name) as Reader;
  return withFolder(async (folder) => {
    const read = await reader.open(folder);
    const [started, before] = [cpuSeconds(), process.memoryUsage.rss()];
    const failures: Failure[] = [];
    let [accepted, failed, turn] = [0, 0, begin];
    const fail = (what: string) => {
      failed += 1;
      if (failures.length < TOLD) failures.push({ turn, what });
    };
    const unhandled = (error: unknown) => fail(`not handled: ${rawError(error) ?? String(error)}`);
    process.on('unhandledRejection', unhandled);
    process.on('uncaughtException', unhandled);
    try {
      for (; turn < end; turn++) {
        onTurn?.(turn);
        const [memory, highest, cpu] = [process.memoryUsage.rss(), peak(), cpuSeconds()];
        try {
          if (await read(streamOf(seed, name, turn))) accepted += 1;
        } catch (error) {
          const wrong = rawError(error);
          if (wrong !== undefined) fail(wrong);
        }
        const [reached, took] = [peak(), cpuSeconds() - cpu];
        if (reached > highest && reached - memory > MOST_BYTES) fail(`took ${Math.round((reached - memory) / 1e6)} MB`);
        if (took > MOST_SECONDS) fail(`took ${took.toFixed(1)} s of processor time`);
        // What was not handled is told only now.
        if (turn % 16 === 15) await setImmediate();
      }
      await setImmediate();
    } finally {
      process.off('unhandledRejection', unhandled);
      process.off('uncaughtException', unhandled);
    }
    const [seconds, grown] = [cpuSeconds() - started, Math.max(0, peak() - before)];
    return { reader: name, tries: end - begin, accepted, failures, failed, seconds, grown };
  });
}

/** A report as a row of the table of attacks. */
export function outcomeOf(report: Report, seed: number): Outcome {
  const { reader, tries, accepted, failures, failed, seconds, grown } = report;
  const [first] = failures;
  const lost =
    first === undefined ? '' : `${failed}; first: seed ${seed}, turn ${first.turn}: ${first.what.slice(0, 120)}`;
  const took = `${accepted} accepted; ${seconds.toFixed(0)} s, ${Math.round(grown / 1e6)} MB`;
  return { attack: `${reader} (${took})`, tries, survived: tries - failed, lost };
}
