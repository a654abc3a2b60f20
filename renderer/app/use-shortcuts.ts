import { useEffect } from 'react';
import { isTyping, type Keys, keysOf } from '../commands/keys.ts';
import { COMMANDS, type Command, type Workplace } from '../commands/table.ts';
import { copySelection, pasteText } from '../document/clipboard.ts';
import { edit, useDocument } from '../document/store.ts';

/** Keys that do something anywhere in the window, and what they do. */
const BY_KEYS: ReadonlyMap<Keys, Command> = new Map(
  COMMANDS.flatMap((command) => (command.keys ?? []).map((keys) => [keys, command] as const)),
);

/** Whether keys do not belong to a text field or a dialog that has the focus. */
function isForWindow(target: EventTarget | null, keys: Keys, command: Command): boolean {
  if (command.always === true && keys.startsWith('mod+')) return true;
  return !isTyping(target) && !(target instanceof Element && target.closest('[role="dialog"]') !== null);
}

function onCopy(event: ClipboardEvent): void {
  const text = isTyping(event.target) ? undefined : copySelection();
  // Text that was marked on the page since is what the user wants to copy.
  if (text === undefined || window.getSelection()?.isCollapsed === false) return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
  if (event.type === 'cut') edit({ type: 'remove', layers: [...useDocument.getState().selection] });
}

function onPaste(event: ClipboardEvent): void {
  if (isTyping(event.target)) return;
  if (pasteText(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
}

/** Text that was marked before layers were selected: what was done last is what is copied. */
function unmarkText(): void {
  const marked = window.getSelection();
  if (marked?.isCollapsed === false && !isTyping(document.activeElement)) marked.removeAllRanges();
}

/** Keys and the system clipboard, for the whole window. */
export function useShortcuts(workplace: Workplace): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const keys = keysOf(event);
      const command = BY_KEYS.get(keys);
      if (command === undefined || !isForWindow(event.target, keys, command)) return;
      event.preventDefault();
      command.run(workplace);
    };
    window.addEventListener('keydown', onKey);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    const unsubscribe = useDocument.subscribe(({ selection }, before) => {
      if (selection !== before.selection && selection.size > 0) unmarkText();
    });
    return () => {
      unsubscribe();
      window.removeEventListener('keydown', onKey);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [workplace]);
}
