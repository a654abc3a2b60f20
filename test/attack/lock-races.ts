/** Processes that want the same lock, and the same run, at the same moment: one gets it, always. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDesign } from '#core/project/design-file.ts';
import { randomStream } from '#core/random.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { nodeFileSystem } from '#disk/file-system.ts';
import { takeLock } from '#disk/lock.ts';
import { ownIdentity } from '#disk/process-identity.ts';
import { readMetrics } from '#main/runs/metrics.ts';
import { RunFolder } from '#main/runs/run-folder.ts';
import { writeDigits } from '../idx-files.ts';
import { chain, input } from '../networks.ts';
import { RUN } from '../run-id.ts';
import { startTrainingProcess } from '../training-process.ts';
import { kill, startScript, wait, withFolder } from './child.ts';
import type { Outcome } from './table.ts';

/** Processes that want one lock, and milliseconds that each waits for it. */
const RIVALS = 4;
const PATIENCE = 150;

/** The text of a lock whose process has ended, in today's format or as earlier versions wrote it. */
async function staleLock(turn: number): Promise<string> {
  const { pid } = spawnSync(process.execPath, ['--version']);
  if (turn % 3 === 0) return String(pid);
  return JSON.stringify({ ...(await ownIdentity()), pid, started: 1, nonce: turn.toString(16).padStart(16, '0') });
}

/** Many rivals take a lock at once that a killed process left. */
export function raceForLocks(tries: number): Promise<Outcome> {
  return withFolder(async (folder) => {
    const rivals: ChildProcess[] = [];
    let survived = 0;
    try {
      for (let i = 0; i < RIVALS; i++) rivals.push(await startScript('take-lock'));
      for (let turn = 0; turn < tries; turn++) {
        const path = join(folder, `lock-${turn}`, 'lock');
        mkdirSync(join(folder, `lock-${turn}`));
        if (turn % 4 !== 3) writeFileSync(path, await staleLock(turn));
        const answers = rivals.map((rival) => once(rival, 'message'));
        for (const rival of rivals) rival.send({ take: path, patience: PATIENCE });
        const taken = (await Promise.all(answers)).map(([{ isTaken }]) => isTaken as boolean);
        const winner = rivals[taken.indexOf(true)];
        const isOne = taken.filter(Boolean).length === 1 && readdirSync(join(folder, `lock-${turn}`)).length === 1;
        if (isOne && winner !== undefined) {
          const released = once(winner, 'message');
          winner.send({ patience: 0 });
          await released;
          if (readdirSync(join(folder, `lock-${turn}`)).length === 0) survived += 1;
        }
      }
    } finally {
      await Promise.all(rivals.map(kill));
    }
    const lost = survived < tries ? `${tries - survived} locks` : '';
    return { attack: `${RIVALS} processes take a lock at once`, tries, survived, lost };
  });
}

/** Milliseconds at most until one of those that take a lock is killed. */
const LONGEST = 12;

/** The same, and one of them is killed meanwhile, wherever it is: the lock is one's of the others, or anybody's after that. */
export function raceWithKills(tries: number): Promise<Outcome> {
  return withFolder(async (folder) => {
    const random = randomStream(1, 'killed while they take a lock');
    const rivals: ChildProcess[] = [];
    let survived = 0;
    try {
      for (let turn = 0; turn < tries; turn++) {
        while (rivals.length < RIVALS) rivals.push(await startScript('take-lock'));
        const path = join(folder, `lock-${turn}`, 'lock');
        mkdirSync(join(folder, `lock-${turn}`));
        writeFileSync(path, await staleLock(turn));
        const [victim, ...others] = rivals.splice(random.below(RIVALS), 1).concat(rivals) as [
          ChildProcess,
          ...ChildProcess[],
        ];
        const answers = others.map((rival) => once(rival, 'message'));
        for (const rival of [victim, ...others]) rival.send({ take: path, patience: PATIENCE });
        await wait(LONGEST * random.uniform());
        await kill(victim);
        const taken = (await Promise.all(answers)).filter(([{ isTaken }]) => isTaken as boolean).length;
        const own = await takeLock(path, nodeFileSystem, PATIENCE).catch(() => undefined);
        if (taken + (own === undefined ? 0 : 1) === 1) survived += 1;
      }
    } finally {
      await Promise.all(rivals.map(kill));
    }
    const lost = survived < tries ? `${tries - survived} locks` : '';
    return { attack: `${RIVALS} processes take a lock at once, one of them is killed`, tries, survived, lost };
  });
}

const design = formatDesign({
  name: 'Wanted',
  network: chain(input(1, 28), ['Flatten'], ['Dense'], ['Softmax']),
  training: { ...DEFAULT_TRAINING, epochs: 100_000, batchSize: 20 },
  classLabels: [],
});

/** Milliseconds at most between two that resume the same run. */
const APART = 20;

/** Two training processes resume the same run at once: one goes on with it, and nothing of the other is in it. */
export function raceForRuns(tries: number): Promise<Outcome> {
  return withFolder(async (folder) => {
    const random = randomStream(1, 'resumed at once');
    const [data, stopped] = [join(folder, 'data'), join(folder, 'stopped')];
    writeDigits(data, 110);
    const rivals = [startRival(), startRival()];
    let survived = 0;
    try {
      await rivals[0]?.begin(data, stopped);
      for (let turn = 0; turn < tries; turn++) {
        const path = join(folder, 'run');
        rmSync(path, { recursive: true, force: true });
        cpSync(stopped, path, { recursive: true });
        // Every other time nobody left a lock.
        if (turn % 2 === 0) writeFileSync(join(path, 'lock'), await staleLock(turn));
        const first = random.below(2);
        const ways = [0, 1].map(async (i) => {
          if (i !== first) await wait(APART * random.uniform());
          return rivals[i]?.resume(path);
        });
        const outcomes = await Promise.all(ways);
        await Promise.all(rivals.map((rival) => rival.stop()));
        const isOne = outcomes.toSorted().join() === 'failed,running';
        if (isOne && (await isConsecutive(path))) survived += 1;
      }
    } finally {
      await Promise.all(rivals.map((rival) => rival.end()));
    }
    const lost = survived < tries ? `${tries - survived} runs` : '';
    return { attack: 'two processes resume a run at once', tries, survived, lost };
  });
}

/** A training process, and how its starts of a run ended. */
function startRival() {
  const { child, engine } = startTrainingProcess();
  const reaches = (wanted: readonly string[]) =>
    new Promise<string>((resolve) => {
      const off = engine.on('run.status', ({ status }) => {
        if (!wanted.includes(status)) return;
        off();
        resolve(status);
      });
    });
  return {
    begin: async (data: string, folder: string) => {
      const stopped = reaches(['stopped', 'failed']);
      const off = engine.on('run.steps', () => void engine.call('run.stop', { run: RUN }));
      await engine.call('run.start', {
        run: RUN,
        design,
        source: { type: 'folder', path: data },
        ranges: {},
        device: 'cpu',
        folder,
      });
      await stopped;
      off();
    },
    resume: async (folder: string) => {
      const outcome = reaches(['running', 'failed']);
      await engine.call('run.continue', { run: RUN, folder });
      return outcome;
    },
    stop: () => engine.call('run.stop', { run: RUN }),
    end: () => kill(child),
  };
}

/** Whether a run's steps follow one another, as one process wrote them. */
async function isConsecutive(path: string): Promise<boolean> {
  let step = 0;
  for await (const metric of readMetrics(new RunFolder(path).metrics)) {
    if (metric.event !== 'step') continue;
    if (metric.step !== step + 1) return false;
    step = metric.step;
  }
  return step > 0;
}
