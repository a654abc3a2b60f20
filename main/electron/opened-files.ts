import { app } from 'electron';
import { FILE_EXTENSION } from '#core/project/design-file.ts';
import type { Host } from '../host/host.ts';

/** The design among a command line's words, if any. */
function designIn(words: readonly string[]): string | undefined {
  return words.slice(1).find((word) => word.endsWith(FILE_EXTENSION));
}

/** Designs that are opened from the desktop: by a double click, by dropping them on the icon, on the command line. */
export function setupOpenedFiles() {
  let host: Host | undefined;
  let waiting = designIn(process.argv);
  const open = (path: string) => {
    if (host === undefined) waiting = path;
    // A file that is no design changes nothing; its window stays as it is.
    else host.openFile(path).catch(() => undefined);
  };
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(path);
  });
  app.on('second-instance', (_event, words) => {
    const path = designIn(words);
    if (path !== undefined) open(path);
  });
  return {
    deliverTo(ready: Host): void {
      host = ready;
      if (waiting !== undefined) open(waiting);
    },
  };
}
