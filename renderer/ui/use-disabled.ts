import { useState } from 'react';

/**
 * Attributes of a button that may be disabled. One that has the focus at that time keeps it: "Undo" after the last step,
 * "Train" once it was pressed. Browsers would drop the focus to the page.
 */
export function useDisabled(disabled: boolean, onClick: () => void) {
  const [focused, setFocused] = useState(false);
  return {
    disabled: disabled && !focused,
    'aria-disabled': (disabled && focused) || undefined,
    onFocus: () => setFocused(true),
    onBlur: () => setFocused(false),
    onClick: disabled ? undefined : onClick,
  };
}
