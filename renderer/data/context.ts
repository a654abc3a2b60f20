import { createContext, useContext } from 'react';
import type { DataClient } from './data-store.ts';

const DataContext = createContext<DataClient | undefined>(undefined);

export const DataProvider = DataContext.Provider;

export function useDataClient(): DataClient {
  const client = useContext(DataContext);
  if (client === undefined) throw new Error('The page is not connected to main yet.');
  return client;
}
