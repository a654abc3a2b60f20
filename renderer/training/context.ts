import { createContext, useContext } from 'react';
import type { Training } from './run-store.ts';

const TrainingContext = createContext<Training | undefined>(undefined);

export const TrainingProvider = TrainingContext.Provider;

export function useTraining(): Training {
  const training = useContext(TrainingContext);
  if (training === undefined) throw new Error('The page is not connected to main yet.');
  return training;
}
