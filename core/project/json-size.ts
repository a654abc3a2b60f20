export interface JsonSize {
  /** How deep lists and objects lie in each other. */
  readonly depth: number;
  readonly values: number;
  /** Of the object that has most. */
  readonly keys: number;
}

/** Depths at which keys are counted; a text that is deeper is not read anyway. */
const COUNTED = 1000;

/** What a JSON text would make when it is parsed. It is not parsed, and need not be right. */
export function jsonSize(text: string): JsonSize {
  let [open, depth, values, keys] = [0, 0, 1, 0];
  // Of the object or list that is open at each depth.
  const counts: number[] = [];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case SQUARE_OPEN:
      case CURLY_OPEN:
        open += 1;
        depth = Math.max(depth, open);
        values += 1;
        if (open < COUNTED) counts[open] = 0;
        break;
      case SQUARE_CLOSE:
      case CURLY_CLOSE:
        open -= 1;
        break;
      case COMMA:
        values += 1;
        break;
      case COLON:
        if (open < COUNTED) counts[open] = (counts[open] ?? 0) + 1;
        keys = Math.max(keys, counts[open] ?? 0);
        break;
    }
  }
  return { depth, values, keys };
}

/** Where the string that begins at `start` ends; the end of the text where it does not. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) return i;
    if (char === BACKSLASH) i += 1;
  }
  return text.length;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [SQUARE_OPEN, SQUARE_CLOSE, CURLY_OPEN, CURLY_CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d];
