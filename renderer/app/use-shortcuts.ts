import { useEffect } from 'react';
import { renameSelected } from '../canvas/rename-store.ts';
import { copySelection, duplicate, pasteText } from '../document/clipboard.ts';
import { edit, redo, select, undo, useDocument } from '../document/store.ts';

/** What the window's keys can ask of the app. */
export interface Actions {
  readonly fit: () => void;
  readonly save: () => void;
  readonly exportModel: () => void;
  readonly start: () => void;
  readonly open: () => void;
}

interface Shortcut {
  /** "mod+shift+z": mod is Ctrl, or ⌘ on a Mac. */
  readonly keys: string;
  readonly run: () => void;
  /** Whether it works in a text field too. */
  readonly always?: true;
}

function shortcuts(actions: Actions): readonly Shortcut[] {
  return [
    { keys: 'mod+z', run: undo, always: true },
    { keys: 'mod+shift+z', run: redo, always: true },
    { keys: 'mod+y', run: redo, always: true },
    { keys: 'mod+s', run: actions.save, always: true },
    { keys: 'mod+e', run: actions.exportModel, always: true },
    { keys: 'mod+o', run: actions.open, always: true },
    { keys: 'mod+a', run: () => select(useDocument.getState().design.network.layers.keys()) },
    { keys: 'mod+d', run: duplicate },
    { keys: 'f', run: actions.fit },
    { keys: 'f2', run: renameSelected },
    { keys: 'escape', run: () => select([]) },
  ];
}

function keysOf(event: KeyboardEvent): string {
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : '';
  return `${mod}${event.shiftKey ? 'shift+' : ''}${event.key.toLowerCase()}`;
}

/** Whether keys belong to a text field. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

function onCopy(event: ClipboardEvent): void {
  const text = isTyping(event.target) ? undefined : copySelection();
  // Text that is marked on the page is what the user wants to copy then.
  if (text === undefined || window.getSelection()?.isCollapsed === false) return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
  if (event.type === 'cut') edit({ type: 'remove', layers: [...useDocument.getState().selection] });
}

function onPaste(event: ClipboardEvent): void {
  if (isTyping(event.target)) return;
  if (pasteText(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
}

/** Keys and the system clipboard, for the whole window. */
export function useShortcuts(actions: Actions): void {
  useEffect(() => {
    const table = new Map(shortcuts(actions).map((shortcut) => [shortcut.keys, shortcut]));
    const onKey = (event: KeyboardEvent) => {
      const shortcut = table.get(keysOf(event));
      if (shortcut === undefined || (isTyping(event.target) && shortcut.always !== true)) return;
      event.preventDefault();
      shortcut.run();
    };
    window.addEventListener('keydown', onKey);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKey);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [actions]);
}
