import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Set to keep all of the program's files in one folder: tests and shared computers do. */
const OVERRIDE = 'CONVCANVAS_HOME';

/** Where the server keeps designs and its own files, as each system's users expect. */
export function serverFolders(env: NodeJS.ProcessEnv = process.env): {
  readonly designs: string;
  readonly state: string;
} {
  const override = env[OVERRIDE];
  if (override) return { designs: join(override, 'designs'), state: join(override, 'state') };
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
