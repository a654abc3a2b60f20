/** What can be searched for. */
export interface Searchable {
  readonly label: string;
  /** Other words by which it is found; they count for less than the label. */
  readonly words?: string;
}

/** How a word that was typed can be found in a text, from worst to best. */
const RANKS = ['letters', 'inside', 'start', 'word'] as const;
type Rank = (typeof RANKS)[number];

/**
 * The items that what was typed fits, best first; those that it fits equally well stay in their order.
 *
 * Each word that was typed has to be found. Best is a whole word of the label, then the start of one, then letters in the
 * middle of one or the start of one of the other words, and last letters of the label with others between them, the first
 * of which starts a word ("mxp" for MAX POOL). An item is worth what the worst of its words is.
 */
export function search<T extends Searchable>(items: readonly T[], typed: string): readonly T[] {
  const terms = plain(typed).split(/\s+/).filter(Boolean);
  const found = items.flatMap((item) => {
    const [label, words] = [plain(item.label), plain(item.words ?? '')];
    const ranks = terms.map((term) => rankOf(term, label, words));
    const worst = Math.min(RANKS.length, ...ranks.map((rank) => (rank === undefined ? -1 : RANKS.indexOf(rank))));
    return worst === -1 ? [] : [{ item, worst }];
  });
  return found.sort((a, b) => b.worst - a.worst).map(({ item }) => item);
}

/** Small letters without accents, and an x for the × of a volume, which is on no keyboard. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('×', 'x');
}

function rankOf(term: string, label: string, words: string): Rank | undefined {
  const starts = startsOf(label, term);
  if (starts.some((at) => isBoundary(label, at + term.length))) return 'word';
  if (starts.length > 0) return 'start';
  if (label.includes(term) || startsOf(words, term).length > 0) return 'inside';
  return hasLetters(label, term) ? 'letters' : undefined;
}

/** Where the term stands at the start of a word. */
function startsOf(text: string, term: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(term); at !== -1; at = text.indexOf(term, at + 1)) {
    if (isBoundary(text, at)) places.push(at);
  }
  return places;
}

/** Whether a word starts or ends between the character at this place and the one before it. */
function isBoundary(text: string, at: number): boolean {
  return !isWordCharacter(text[at - 1]) || !isWordCharacter(text[at]);
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

/** Whether the term's characters stand in the text in their order, the first of them at the start of a word. */
function hasLetters(text: string, term: string): boolean {
  const [first = '', ...rest] = term;
  return startsOf(text, first).some((start) => {
    let at = start;
    return rest.every((character) => {
      at = text.indexOf(character, at + 1);
      return at !== -1;
    });
  });
}
