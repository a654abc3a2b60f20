import { resolve } from 'node:path';
import { app } from 'electron';
import { FILE_EXTENSION } from '#core/project/design-file.ts';
import type { Host } from '../host/host.ts';

/** The paths of the designs among a command line's words. */
function designsIn(words: readonly string[], folder: string): readonly string[] {
  return words
    .slice(1)
    .filter((word) => word.endsWith(FILE_EXTENSION))
    .map((word) => resolve(folder, word));
}

/** Designs that are opened from the desktop: by a double click, by dropping them on the icon, on the command line. */
export function setupOpenedFiles() {
  let host: Host | undefined;
  const waiting = [...designsIn(process.argv, process.cwd())];
  const open = (path: string) => {
    if (host === undefined) waiting.push(path);
    else host.offerFile(path);
  };
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(path);
  });
  app.on('second-instance', (_event, words, folder) => {
    for (const path of designsIn(words, folder)) open(path);
  });
  return {
    deliverTo(ready: Host): void {
      host = ready;
      for (const path of waiting.splice(0)) open(path);
    },
  };
}
