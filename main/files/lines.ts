import { open } from 'node:fs/promises';

/** Bytes read at once, and the longest line that is looked at: a line of ours has some hundred bytes. */
const CHUNK = 2 ** 20;
const MAX_LINE = 2 ** 20;

const NEWLINE = 0x0a;

/** Some whole lines of a file, each with its end; they begin at byte `at` of the file. */
export interface Lines {
  readonly bytes: Buffer;
  readonly at: number;
}

/**
 * Reads a file's whole lines in order, some thousand at a time, in bounded memory whatever the file holds: a line longer
 * than 1 MiB is left out, and so is what follows the last line's end.
 *
 * @param from byte to begin at, the beginning of a line
 */
export async function* readLines(path: string, from = 0): AsyncGenerator<Lines> {
  const file = await open(path);
  try {
    // What was read but is no whole line yet, and where it begins in the file.
    let rest = Buffer.alloc(0);
    let at = from;
    let isTooLong = false;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const { bytesRead } = await file.read(chunk, 0, CHUNK, at + rest.length);
      if (bytesRead === 0) return;
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const begin = isTooLong ? bytes.indexOf(NEWLINE) + 1 : 0;
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      if (end > begin) yield { bytes: bytes.subarray(begin, end), at: at + begin };
      if (end > 0) isTooLong = false;
      if (bytes.length - end > MAX_LINE) isTooLong = true;
      rest = isTooLong ? Buffer.alloc(0) : Buffer.from(bytes.subarray(end));
      at += bytes.length - rest.length;
    }
  } finally {
    await file.close();
  }
}

/** Each line without its end: `bytes` from `begin` to `end`. Ends when `onLine` returns `false`. */
export function eachLine(bytes: Buffer, onLine: (begin: number, end: number) => boolean): boolean {
  let begin = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, begin)) {
    if (!onLine(begin, end)) return false;
    begin = end + 1;
  }
  return true;
}
