import type { ChildLike } from '#contract/child-process.ts';

/** What differs between Electron and the server: processes, dialogs and places. */
export interface Platform {
  readonly shell: 'electron' | 'browser';
  /** Where designs are saved unless the user chose another place. */
  readonly designsFolder: string;
  /** The program's own files: lists of recent things, saved weights. */
  readonly stateFolder: string;
  readonly runtime: string;
  /** @param quiet without what drivers print: for a trial that may well fail */
  spawnTraining(quiet: boolean): ChildLike;
  /** Asks the user for a design file; null where they cancel, or where only the page can ask. */
  pickDesign(): Promise<string | null>;
  pickDataFolder(): Promise<string | null>;
  /** Where an exported model goes, and where the page may fetch it from; null where the user cancels. */
  exportTarget(name: string): Promise<{ readonly path: string; readonly download: string | null } | null>;
}
