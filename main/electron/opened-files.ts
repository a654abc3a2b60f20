import { resolve } from 'node:path';
import { app } from 'electron';
import { FILE_EXTENSION } from '#core/project/design-file.ts';
import type { Host } from '../host/host.ts';

/** The path of the design among a command line's words, if any. */
function designIn(words: readonly string[], folder: string): string | undefined {
  const word = words.slice(1).find((one) => one.endsWith(FILE_EXTENSION));
  return word === undefined ? undefined : resolve(folder, word);
}

/** Designs that are opened from the desktop: by a double click, by dropping them on the icon, on the command line. */
export function setupOpenedFiles() {
  let host: Host | undefined;
  let waiting = designIn(process.argv, process.cwd());
  const open = (path: string) => {
    if (host === undefined) waiting = path;
    else host.offerFile(path);
  };
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(path);
  });
  app.on('second-instance', (_event, words, folder) => {
    const path = designIn(words, folder);
    if (path !== undefined) open(path);
  });
  return {
    deliverTo(ready: Host): void {
      host = ready;
      if (waiting !== undefined) open(waiting);
    },
  };
}
