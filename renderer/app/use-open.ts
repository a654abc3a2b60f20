import { createContext, useContext } from 'react';
import type { Design } from '#core/project/design.ts';
import type { Draft } from '../document/drafts.ts';

/** Ways to bring another design onto the canvas; what is there now is saved first. */
export interface Open {
  /** A new design that has no file yet. */
  fresh(design: Design): void;
  recent(id: string): void;
  /** Lets the user choose a file. */
  ask(): void;
  /** Goes on with a design that could not be saved the last time. */
  draft(draft: Draft): void;
  /** What the desktop handed over (Electron), if anything. */
  waiting(): void;
}

const OpenContext = createContext<Open | undefined>(undefined);

export const OpenProvider = OpenContext.Provider;

export function useOpen(): Open {
  const open = useContext(OpenContext);
  if (open === undefined) throw new Error('The page is not connected to main yet.');
  return open;
}
