/** Kills processes while they write files and make designs: whatever is there is whole, and nothing piles up. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseDesign } from '#core/project/design-file.ts';
import { randomStream } from '#core/random.ts';
import { removeTemporaryFiles } from '#disk/temporary-files.ts';
import { Designs } from '#main/host/designs.ts';
import { kill, startScript, wait, withFolder } from './child.ts';
import type { Outcome } from './table.ts';

/** Milliseconds at most until a process is killed. */
const LONGEST = 60;
const HASH = 32;

/** kill -9 while one file is rewritten again and again. */
export function killRewrites(tries: number): Promise<Outcome> {
  return withFolder(async (folder) => {
    const random = randomStream(1, 'rewrites');
    const path = join(folder, 'file');
    let [survived, interrupted] = [0, 0];
    for (let turn = 0; turn < tries; turn++) {
      const child = await startScript('write-forever', path);
      // From the second turn on there is a file, and it must never be missing.
      while (!existsSync(path)) await wait(1);
      await wait(LONGEST * random.uniform());
      await kill(child);
      if (isWhole(path)) survived += 1;
      if (readdirSync(folder).length > 1) interrupted += 1;
      await removeTemporaryFiles(folder);
    }
    const left = readdirSync(folder).filter((name) => name !== 'file');
    return {
      attack: `kill -9 while a file is rewritten (${interrupted} times in the middle of it)`,
      tries,
      survived,
      lost: [survived < tries ? `${tries - survived} files` : '', left.length > 0 ? `${left.length} left over` : '']
        .filter((text) => text !== '')
        .join(', '),
    };
  });
}

function isWhole(path: string): boolean {
  const bytes = readFileSync(path);
  const hash = createHash('sha256').update(bytes.subarray(HASH)).digest();
  return bytes.length > HASH && hash.equals(bytes.subarray(0, HASH));
}

/** kill -9 while designs are made: every file that is there opens, and every one of them is on the list. */
export function killCreations(tries: number): Promise<Outcome> {
  return withFolder(async (folder) => {
    const random = randomStream(1, 'creations');
    let survived = 0;
    let made = 0;
    for (let turn = 0; turn < tries; turn++) {
      const [designs, state] = [join(folder, 'designs'), join(folder, 'state')];
      rmSync(designs, { recursive: true, force: true });
      rmSync(state, { recursive: true, force: true });
      const child = await startScript('create-forever', designs, state);
      // Half of them are killed while the first design is made.
      while (turn % 2 === 0 && !isMade(designs)) await wait(1);
      await wait(LONGEST * random.uniform());
      await kill(child);
      await removeTemporaryFiles(designs);
      const names = existsSync(designs) ? readdirSync(designs) : [];
      made += names.length;
      // The list remembers the latest thirty.
      const listed = new Set((await new Designs(designs, state).recent()).map(({ path }) => path));
      const isListed = names.every((name) => listed.has(join(designs, name))) || listed.size >= 29;
      if (names.every((name) => opens(join(designs, name))) && isListed) survived += 1;
    }
    const lost = survived < tries ? `${tries - survived} designs` : '';
    return { attack: `kill -9 while designs are made (${made} made)`, tries, survived, lost };
  });
}

function isMade(designs: string): boolean {
  return existsSync(designs) && readdirSync(designs).some((name) => !name.startsWith('.'));
}

function opens(path: string): boolean {
  try {
    parseDesign(readFileSync(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}
