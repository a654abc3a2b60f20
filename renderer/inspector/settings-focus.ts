import { goOnAt } from '../ui/focus-keeper.ts';

/** The part of the page that holds the settings of what is selected. */
export const SETTINGS_ID = 'layer-settings';

/** What Escape in the settings leads back to; none: they were not entered from there. */
let origin: (() => HTMLElement | null) | undefined;

/** The first setting of what is selected. */
export function firstSetting(): HTMLElement | null {
  const settings = document.getElementById(SETTINGS_ID);
  const field = settings?.querySelector<HTMLElement>('input, select, textarea');
  return field ?? settings?.querySelector<HTMLElement>('button') ?? null;
}

/**
 * Leads into the settings of what is selected, to the first of them.
 *
 * @param back what Escape leads back to from there
 */
export function enterSettings(back: () => HTMLElement | null): void {
  origin = back;
  const field = firstSetting();
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
}

/** The same once the menu or dialog that is open is closed. */
export function goOnInSettings(back: () => HTMLElement | null): void {
  origin = back;
  goOnAt(firstSetting);
}

/** Goes back to where the settings were entered from; returns whether they were. */
export function leaveSettings(): boolean {
  const place = origin?.();
  origin = undefined;
  place?.focus();
  return place != null;
}
