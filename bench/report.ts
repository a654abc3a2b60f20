/** Repeats some work and answers how long each turn took, in milliseconds. */
export async function repeat(turns: number, work: (turn: number) => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const begin = performance.now();
    await work(turn);
    times.push(performance.now() - begin);
  }
  return times;
}

export function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (times: readonly number[]) => quantile(times, 0.5);

/** One line: the least, the median, the 95th percentile and the most of some times. */
export function report(what: string, times: readonly number[]): void {
  const figures = [quantile(times, 0), median(times), quantile(times, 0.95), quantile(times, 1)];
  const [least, middle, high, most] = figures.map((time) => time.toFixed(2));
  console.log(`  ${what}: median ${middle} ms, 95 % within ${high} ms, ${least} to ${most} ms (${times.length} turns)`);
}
