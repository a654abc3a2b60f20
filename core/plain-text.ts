/**
 * Characters that are not seen themselves, but change how the text around them looks or what a terminal does: controls, those
 * of the writing direction (U+202E turns "gpj.exe" around), separators of lines, and what has no width. Those that choose
 * how the character before them is drawn (an emoji's colour) do no harm.
 */
const HIDDEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const HARMLESS = /[\p{Variation_Selector}\n\t]/u;

/** The text with every hidden character written out, "\u{202E}": nothing looks like what it is not. */
export function plainText(text: string): string {
  return text.replace(HIDDEN, (char) =>
    HARMLESS.test(char) ? char : `\\u{${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}}`,
  );
}

/** The text without its hidden characters; lines are put into one. */
export function withoutHidden(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(HIDDEN, (char) => (HARMLESS.test(char) ? char : ''));
}
