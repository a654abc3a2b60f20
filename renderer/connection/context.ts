import { createContext, useContext } from 'react';
import type { Main } from './main.ts';

const MainContext = createContext<Main | undefined>(undefined);

export const MainProvider = MainContext.Provider;

/** The connection to main. */
export function useMain(): Main {
  const main = useContext(MainContext);
  if (main === undefined) throw new Error('The page is not connected to main yet.');
  return main;
}
