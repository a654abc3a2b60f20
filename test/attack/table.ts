/** What an attack came to. */
export interface Outcome {
  readonly attack: string;
  readonly tries: number;
  /** Tries after which the program still did its work. */
  readonly survived: number;
  /** What was lost, in words; empty where nothing was. */
  readonly lost: string;
}

/** The outcomes as a table for people. */
export function formatOutcomes(outcomes: readonly Outcome[]): string {
  const rows = [
    ['attack', 'tries', 'survived', 'lost'],
    ...outcomes.map(({ attack, tries, survived, lost }) => [attack, String(tries), String(survived), lost || '–']),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}
