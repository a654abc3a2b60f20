const SPACE = /[ \t\n\r]*/y;
/** Characters before it must be written as escapes. */
const FIRST_PRINTED = 0x20;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;

/**
 * Where a text stops being JSON: the offset of the first thing that does not belong there; undefined where all does. The
 * engines' own messages differ, and say it in words of theirs. The text may be nested as deep as the call stack allows.
 */
export function jsonFault(text: string): number | undefined {
  let at = 0;
  /** Steps over what is there, if it is. */
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  /** Character by character: a pattern of such a length would need more stack than there is. */
  const takeString = (): boolean => {
    if (text[at] !== '"') return false;
    at += 1;
    while (at < text.length && text[at] !== '"') {
      if (text.charCodeAt(at) < FIRST_PRINTED) return false;
      if (text[at] !== '\\') at += 1;
      else if (!take(ESCAPE)) return false;
    }
    at += 1;
    return at <= text.length;
  };
  const takeChar = (char: string): boolean => {
    take(SPACE);
    if (text[at] !== char) return false;
    at += 1;
    return true;
  };
  /** Items between brackets, behind the first of these. */
  const takeItems = (close: string, takeItem: () => boolean): boolean => {
    if (takeChar(close)) return true;
    do if (!takeItem()) return false;
    while (takeChar(','));
    return takeChar(close);
  };
  const takeKey = () => take(SPACE) && takeString() && takeChar(':') && takeValue();
  const takeValue = (): boolean => {
    if (takeChar('[')) return takeItems(']', takeValue);
    if (takeChar('{')) return takeItems('}', takeKey);
    return takeString() || take(SCALAR);
  };
  if (!takeValue()) return Math.min(at, text.length);
  take(SPACE);
  return at === text.length ? undefined : at;
}
