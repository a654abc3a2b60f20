/**
 * Leads to the first field that holds text which it refused: what a form does should wait until that is corrected.
 *
 * @returns whether there is one
 */
export function focusRefused(form: Element | null): boolean {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  field?.focus();
  return field != null;
}
