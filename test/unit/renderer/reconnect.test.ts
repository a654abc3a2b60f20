// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, askForPage, keepAsking, pauseAfter, type Reconnecting } from '#renderer/connection/reconnect.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Asks somebody who gives these answers, one after the other, and the last of them for ever. */
function start(...answers: readonly Answer[]) {
  let asked = 0;
  const states: Reconnecting[] = [];
  const found = vi.fn();
  const ask = async () => answers[Math.min(asked++, answers.length - 1)] as Answer;
  const { now, stop } = keepAsking((state) => states.push(state), found, ask);
  return { states, found, now, stop, asked: () => asked };
}

describe('a page that has lost its server', () => {
  it('looks again and again, with growing pauses, and goes on when it is there', async () => {
    const { states, found, asked } = start('nothing', 'nothing', 'other', 'nothing', 'page');
    await vi.advanceTimersByTimeAsync(0);
    expect(states.at(-1)).toEqual({ answer: 'nothing', pause: 1 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(states.at(-1)).toEqual({ answer: 'nothing', pause: 2 });
    await vi.advanceTimersByTimeAsync(2000);
    expect(states.at(-1)).toEqual({ answer: 'other', pause: 4 });
    expect(found).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(4000 + 8000);
    expect(asked()).toBe(5);
    expect(found).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(asked()).toBe(5);
  });

  it('pauses for half a minute at most', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 1000].map(pauseAfter)).toEqual([1, 2, 4, 8, 15, 30, 30, 30]);
  });

  it('looks at once when it is asked to, once at a time, and never after it was stopped', async () => {
    const { now, stop, asked } = start('nothing');
    now();
    now();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked()).toBe(1);
    now();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked()).toBe(2);
    stop();
    now();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(asked()).toBe(2);
  });

  it('tells a page from a stranger, and both from nobody', async () => {
    const fetching = vi.spyOn(globalThis, 'fetch');
    fetching.mockResolvedValueOnce(new Response());
    expect(await askForPage()).toBe('page');
    expect(fetching).toHaveBeenCalledWith(window.location.href, expect.objectContaining({ method: 'HEAD' }));
    fetching.mockResolvedValueOnce(new Response('', { status: 403 }));
    expect(await askForPage()).toBe('other');
    fetching.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    expect(await askForPage()).toBe('nothing');
    fetching.mockRestore();
  });
});
