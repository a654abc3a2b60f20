/** Keys in one spelling: "mod+shift+z"; mod is Ctrl, or ⌘ on a Mac. */
export type Keys = string;

/** The keys of an event. Shift is left out where it only makes another character of the key: "?". */
export function keysOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): Keys {
  const mod = ctrlKey || metaKey ? 'mod+' : '';
  const shift = shiftKey && !/^[^\p{L}]$/u.test(key) ? 'shift+' : '';
  return `${mod}${shift}${key.toLowerCase()}`;
}

/** Whether keys belong to a text field. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

const CAPS: { readonly [key: string]: string } = {
  arrows: 'Arrow keys',
  backspace: 'Backspace',
  delete: 'Del',
  enter: 'Enter',
  escape: 'Esc',
  space: 'Space',
  f2: 'F2',
  f10: 'F10',
};
const MODIFIERS: { readonly [key: string]: readonly [pc: string, mac: string] } = {
  mod: ['Ctrl', '⌘'],
  shift: ['Shift', '⇧'],
};

export function isMac(): boolean {
  return /^Mac/.test(navigator.platform);
}

/** Keys as they are printed on the keyboard: "Ctrl+Shift+Z", on a Mac "⇧⌘Z". */
export function printKeys(keys: Keys, mac: boolean): string {
  const parts = keys.split('+');
  const key = parts.at(-1) ?? '';
  const modifiers = parts.slice(0, -1).map((part) => MODIFIERS[part]?.[mac ? 1 : 0] ?? part);
  const cap = CAPS[key] ?? key.toUpperCase();
  return mac ? `${modifiers.reverse().join('')}${cap}` : [...modifiers, cap].join('+');
}
