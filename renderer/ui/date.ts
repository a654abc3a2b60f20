const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A day and a time as people here write them. */
export function formatDate(milliseconds: number): string {
  return DATE.format(milliseconds);
}
