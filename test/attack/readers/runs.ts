import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runEntry, runSnapshot } from '#contract/app/runs.ts';
import { parseDesign } from '#core/project/design-file.ts';
import type { Random } from '#core/random.ts';
import { nodeFileSystem } from '#disk/file-system.ts';
import { lockHolder, takeLock } from '#disk/lock.ts';
import { ownIdentity } from '#disk/process-identity.ts';
import { RunRecord } from '#main/host/run-record.ts';
import { RunHistory } from '#main/runs/history.ts';
import { readHistory, rewindMetrics } from '#main/runs/read-history.ts';
import { RunFolder, readCheckpoint } from '#main/runs/run-folder.ts';
import { mutateBytes, mutateJson, mutateText, pick } from '../mutate.ts';
import { need, type Reader } from './define.ts';

const FIXTURE = join(import.meta.dirname, '..', '..', 'fixtures', 'runs', 'version-1');

/** Changes a file of tensors in its header most often: what is in it decides what its reader does. */
function mutateTensors(random: Random, bytes: Buffer): Uint8Array {
  if (random.uniform() < 0.3) return mutateBytes(random, bytes, []);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, end)) as { readonly __metadata__: Record<string, string> };
  const metadata = Object.fromEntries(
    Object.entries(header.__metadata__).map(([key, text]) => [key, mutateWord(random, key, text)]),
  );
  const written = Buffer.from(JSON.stringify({ ...header, __metadata__: metadata }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(written.length));
  return Buffer.concat([length, written, bytes.subarray(end)]);
}

/** A history that says the same of so many times as many steps. */
function lengthened(text: string, times: number): string {
  const history = JSON.parse(text) as { readonly every: number; readonly count: number };
  return JSON.stringify({ ...history, every: times * history.every, count: times * history.count });
}

/** One of the words about the tensors in a file; their sum stays, so that the others are looked at. */
function mutateWord(random: Random, key: string, text: string): string {
  if (key === 'sha256' || random.uniform() < 0.2) return text;
  if (key === 'history' && random.uniform() < 0.2) return lengthened(text, 2 ** random.below(36));
  return text.startsWith('{') ? mutateJson(random, text, []) : mutateText(random, text, []);
}

/** Lines of which some are changed, doubled or gone. */
function mutateLines(random: Random, text: string): string {
  if (random.uniform() < 0.3) return mutateText(random, text, []);
  const lines = text.trim().split('\n');
  for (let left = 1 + random.below(3); left > 0; left--) {
    const at = random.below(lines.length);
    lines.splice(at, random.below(2), mutateJson(random, pick(random, text.trim().split('\n')), []));
  }
  return `${lines.join('\n')}\n`;
}

const runFolders: Reader = {
  name: 'folders of runs',
  share: 7000,
  open: async (parent) => {
    const path = join(parent, 'run');
    cpSync(FIXTURE, path, { recursive: true });
    const folder = new RunFolder(path);
    const history = await readHistory(folder);
    const size = readFileSync(folder.metrics).length;
    await folder.saveHistory(history, size);
    const names = ['run.json', 'metrics.jsonl', 'checkpoint.safetensors', 'history.safetensors', 'design.convcanvas'];
    const valid = new Map(names.map((name) => [name, readFileSync(join(path, name))]));
    const put = (name: string, contents: Uint8Array | string) => writeFileSync(join(path, name), contents);
    return async (random) => {
      const changed = new Set(['metrics.jsonl']);
      try {
        for (let left = 1 + random.below(2); left > 0; left--) {
          const name = pick(random, names);
          const bytes = valid.get(name) as Buffer;
          changed.add(name);
          if (name.endsWith('.safetensors')) put(name, mutateTensors(random, bytes));
          else if (name.endsWith('.jsonl')) put(name, mutateLines(random, String(bytes)));
          else put(name, mutateJson(random, String(bytes), []));
        }
        const record = await RunRecord.read('run', path);
        if (record !== undefined) {
          need(runEntry.safeParse(record.entry()).success, 'it is no entry of the list of runs');
          need(runSnapshot.safeParse(record.snapshot()).success, 'it cannot be shown');
        }
        const checkpoint = await folder.latest();
        const again = await rewindMetrics(folder, checkpoint);
        need(RunHistory.fromFile(again.toFile(0)).history.step === again.step, 'its history cannot be kept');
        await folder.best();
        const { design } = await folder.open();
        need(record !== undefined, 'the list of runs leaves it out');
        parseDesign(design);
        await readCheckpoint(folder.checkpoint).catch(() => undefined);
        return true;
      } finally {
        for (const name of changed) put(name, valid.get(name) as Buffer);
      }
    };
  },
};

const locks: Reader = {
  name: 'lock files',
  share: 5000,
  open: async (folder) => {
    const path = join(folder, 'lock');
    const own = { ...(await ownIdentity()), nonce: '0123456789abcdef' };
    const texts = [JSON.stringify(own), JSON.stringify({ ...own, started: 1 })];
    return async (random) => {
      const text =
        random.uniform() < 0.2
          ? mutateText(random, String(process.pid), texts)
          : mutateJson(random, pick(random, texts), texts);
      writeFileSync(path, text);
      const holder = await lockHolder(path);
      if (holder !== undefined || random.uniform() < 0.8) return holder === undefined;
      // Nobody has it, as far as can be seen: then it can be had.
      const lock = await takeLock(path, nodeFileSystem, 20);
      need(await lock.isHeld(), 'it is not ours');
      await lock.release();
      return true;
    };
  },
};

export const runReaders: readonly Reader[] = [runFolders, locks];
