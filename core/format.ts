/** Numbers as people read them; the same in the app and on the command line. */

const WHOLE = new Intl.NumberFormat('en-US');

/** "62,378,344" */
export function formatWhole(value: number): string {
  return WHOLE.format(value);
}

/** "62.4M", "11.7k", "156": for places where exact digits would not fit. */
export function formatCount(value: number): string {
  for (const [from, size, unit] of [
    [1e12, 1e12, 'T'],
    [1e9, 1e9, 'G'],
    [1e6, 1e6, 'M'],
    [1e4, 1e3, 'k'],
  ] as const) {
    if (value >= from) {
      const scaled = value / size;
      return `${scaled >= 100 ? Math.round(scaled) : scaled.toPrecision(3)}${unit}`;
    }
  }
  return formatWhole(value);
}

/** Bytes in decimal units, as disks and the lectures count them: "60.95 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(2)} ${units[power - 1]}`;
}

/** "97.40 %" */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** "0:12", "1:05:03" */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A loss with as many digits as mean something. */
export function formatLoss(loss: number): string {
  return Math.abs(loss) >= 100 ? loss.toPrecision(4) : loss.toFixed(4);
}

/** A number with three digits that count: "0.015", "1e-8". */
export function formatPlain(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A difference: "+1,234", "−12 B"; "0" where there is none. */
export function formatSigned(value: number, format: (size: number) => string): string {
  if (value === 0) return '0';
  return `${value < 0 ? '−' : '+'}${format(Math.abs(value))}`;
}

/** From here on a growth is told as a multiple. */
const MULTIPLE = 10;

/** By how much a number grew or shrank: "+2.00 %", "×1,012", "÷29"; undefined where that cannot be said. */
export function formatGrowth(before: number, after: number): string | undefined {
  if (before <= 0 || before === after) return undefined;
  const times = after / before;
  if (times >= MULTIPLE) return `×${formatWhole(Math.round(times))}`;
  if (times > 0 && times <= 1 / MULTIPLE) return `÷${formatWhole(Math.round(1 / times))}`;
  return formatSigned(times - 1, formatPercent);
}
