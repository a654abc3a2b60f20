import { create } from 'zustand';

/** Waits for the user to say what becomes of a design that could not be saved. */
export const useUnsaved = create<{ readonly answer: ((abandon: boolean) => void) | undefined }>()(() => ({
  answer: undefined,
}));

/** Asks whether another design may take the place of one that could not be saved. */
export function askToAbandon(): Promise<boolean> {
  useUnsaved.getState().answer?.(false);
  return new Promise((resolve) => {
    useUnsaved.setState({
      answer: (abandon) => {
        useUnsaved.setState({ answer: undefined });
        resolve(abandon);
      },
    });
  });
}
