const LONGEST = 80;

/** A name for people as a file name that every system takes. */
export function toFileName(name: string): string {
  const safe = name
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are just what must go
    .replace(/[<>:"/\\|?*\u0000-\u001f]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, LONGEST);
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(safe);
  return safe === '' || reserved ? `Design ${safe}`.trim() : safe;
}
