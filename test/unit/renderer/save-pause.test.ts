import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SavePause } from '#renderer/document/save-pause.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the pause before a save', () => {
  it('ends although changes go on: nothing on disk is ever a second old', () => {
    let changedAt = 0;
    let oldest = 0;
    const pause = new SavePause(() => {
      oldest = Math.max(oldest, Date.now() - changedAt);
      changedAt = 0;
    });
    for (let i = 0; i < 600; i++) {
      if (changedAt === 0) changedAt = Date.now();
      pause.afterChange();
      vi.advanceTimersByTime(50);
    }
    expect(oldest).toBeGreaterThan(0);
    expect(oldest).toBeLessThan(1000);
  });

  it('is short after a single change, and leads to one save', () => {
    const save = vi.fn();
    const pause = new SavePause(save);
    pause.afterChange();
    vi.advanceTimersByTime(5000);
    expect(save).toHaveBeenCalledTimes(1);
  });

  it('grows from failure to failure, up to a limit, and never ends for good', () => {
    const times: number[] = [];
    const pause = new SavePause(() => {
      times.push(Date.now());
      pause.afterFailure();
    });
    pause.afterChange();
    vi.advanceTimersByTime(600_000);
    const pauses = times.slice(1).map((time, i) => time - times[i]!);
    expect(pauses.length).toBeGreaterThan(10);
    for (const [i, length] of pauses.slice(1).entries()) expect(length).toBeGreaterThanOrEqual(pauses[i]!);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(60_000);
  });
});
