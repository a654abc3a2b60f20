import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Set to keep all of the program's files in one folder: tests and shared computers do. */
const OVERRIDE = 'CONVCANVAS_HOME';

export interface Folders {
  readonly designs: string;
  /** The program's own files. */
  readonly state: string;
}

/** The folders that whoever started the program chose, if they did. */
export function chosenFolders(env: NodeJS.ProcessEnv = process.env): Folders | undefined {
  const chosen = env[OVERRIDE];
  return chosen ? { designs: join(chosen, 'designs'), state: join(chosen, 'state') } : undefined;
}

/** Where the server keeps designs and its own files, as each system's users expect. */
export function serverFolders(env: NodeJS.ProcessEnv = process.env): Folders {
  const chosen = chosenFolders(env);
  if (chosen !== undefined) return chosen;
  const home = homedir();
  const documents = join(home, 'Documents');
  return { designs: join(existsSync(documents) ? documents : home, 'ConvCanvas'), state: stateFolder(home, env) };
}

function stateFolder(home: string, env: NodeJS.ProcessEnv): string {
  switch (process.platform) {
    case 'win32':
      return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'ConvCanvas');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'ConvCanvas');
    default:
      return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'convcanvas');
  }
}
