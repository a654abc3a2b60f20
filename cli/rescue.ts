import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '#contract/client.ts';
import type { EngineContract } from '#contract/engine.ts';
import { RUN } from './engine.ts';

/** Places for what cannot be written where it should be, the likeliest to be looked at first. */
function places(): readonly string[] {
  return [process.cwd(), homedir(), tmpdir()];
}

function nameOf(what: string): string {
  return `convcanvas-${what}-${new Date().toISOString().replace(/[:.]/g, '-')}`;
}

/**
 * Writes something to the first place that takes it.
 *
 * @param write throws where a path cannot be written
 * @returns the path; undefined where none can be written
 */
async function writeSomewhere(name: string, write: (path: string) => Promise<unknown>): Promise<string | undefined> {
  for (const place of places()) {
    const path = join(place, name);
    const isWritten = await write(path).then(
      () => true,
      () => false,
    );
    if (isWritten) return path;
  }
  return undefined;
}

/** Writes a model that has no room where it should go to another place, and says where; hours of training are in it. */
export async function rescueModel(engine: Client<EngineContract>, design: string, reason: unknown): Promise<Error> {
  const path = await writeSomewhere(`${nameOf('model')}.onnx`, (at) =>
    engine.call('model.export', { design, path: at }),
  );
  const said = reason instanceof Error ? reason.message : String(reason);
  return new Error(path === undefined ? said : `${said}\nThe model was written to ${path} instead.`);
}

/** The same for a run whose folder cannot be written. */
export async function rescueRun(engine: Client<EngineContract>, folder: string): Promise<Error> {
  const path = await writeSomewhere(nameOf('run'), (at) => engine.call('run.saveAs', { run: RUN, folder: at }));
  const lost = `The end of the run could not be written to ${folder}.`;
  if (path === undefined) return new Error(`${lost} Nor could it be anywhere else.`);
  return new Error(`${lost} All of it was written to ${path} instead; to go on with it: convcanvas resume ${path}`);
}
