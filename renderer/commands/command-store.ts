import { create } from 'zustand';
import dialog from '../ui/Dialog.module.css';

/** What can be open: the palette with all that can be done, the palette with layers only, the list of shortcuts, what the app is. */
type CommandDialog = 'all' | 'layers' | 'shortcuts' | 'about';

interface CommandState {
  readonly open: CommandDialog | undefined;
  /** What was typed into the palette. */
  readonly typed: string;
  /** Which of the results is highlighted. */
  readonly at: number;
}

export const useCommands = create<CommandState>()(() => ({ open: undefined, typed: '', at: 0 }));

/** Opens one of them, or closes it where it is open. Another dialog has to be closed first. */
export function toggleCommands(wanted: CommandDialog): void {
  const { open } = useCommands.getState();
  if (open === wanted) closeCommands();
  else if (open !== undefined || !isBehindDialog()) useCommands.setState({ open: wanted, typed: '', at: 0 });
}

export function closeCommands(): void {
  useCommands.setState({ open: undefined });
}

/** The best result is highlighted at once, so that Enter takes it however fast it follows. */
export function typeIntoPalette(typed: string): void {
  useCommands.setState({ typed, at: 0 });
}

export function highlight(at: number): void {
  useCommands.setState({ at });
}

/** Whether a dialog stands before the page. */
function isBehindDialog(): boolean {
  return document.querySelector(`.${dialog.backdrop}`) !== null;
}
