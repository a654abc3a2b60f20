import { create } from 'zustand';

/** Whether the list of runs is open. */
export const useRunsDialog = create<{ readonly isOpen: boolean }>()(() => ({ isOpen: false }));

export function openRunsDialog(): void {
  useRunsDialog.setState({ isOpen: true });
}

export function closeRunsDialog(): void {
  useRunsDialog.setState({ isOpen: false });
}
