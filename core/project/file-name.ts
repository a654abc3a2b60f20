import { withoutHidden } from '../plain-text.ts';

const MAX_CHARACTERS = 80;
/** Of UTF-8: a name may have 255 with its number and its extension. */
const MAX_BYTES = 200;

/** A name for people as a file name that every system takes, and that looks like what it is. */
export function toFileName(name: string): string {
  const safe = shortened(
    withoutHidden(name.normalize('NFC'))
      .replace(/[<>:"/\\|?*\p{C}]/gu, ' ')
      .replace(/\s+/gu, ' ')
      .replace(/^[. ]+|[. ]+$/g, ''),
  );
  // Windows takes none of these, whatever follows the first dot.
  const reserved = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\.|$)/i.test(safe);
  return safe === '' || reserved ? `Design ${safe}`.trim() : safe;
}

function utf8Bytes(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}

/** As many whole characters as a file name may have. */
function shortened(text: string): string {
  let [kept, bytes] = ['', 0];
  for (const char of Array.from(text).slice(0, MAX_CHARACTERS)) {
    bytes += utf8Bytes(char.codePointAt(0) ?? 0);
    if (bytes > MAX_BYTES) break;
    kept += char;
  }
  return kept.replace(/[. ]+$/, '');
}
