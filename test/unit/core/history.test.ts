import { describe, expect, it } from 'vitest';
import { StepHistory } from '#core/training/history.ts';

const series = (first: number, values: readonly number[], every = 1) => ({
  first,
  every,
  losses: Float32Array.from(values),
  accuracies: Float32Array.from(values),
});

describe('the history of a run', () => {
  it('keeps every step of a short one', () => {
    const history = new StepHistory();
    history.append(series(1, [3, 2]));
    history.append(series(3, [1]));
    expect(history.count).toBe(3);
    expect([...history.series().losses]).toEqual([3, 2, 1]);
  });

  it('takes no step twice', () => {
    const history = new StepHistory();
    history.append(series(1, [3, 2]));
    history.append(series(2, [2, 1]));
    expect([...history.series().losses]).toEqual([3, 2, 1]);
  });

  it('thins a long one out: never more than can be drawn, means kept', () => {
    const history = new StepHistory();
    const length = 100_000;
    for (let i = 0; i < length; i += 1000)
      history.append(
        series(
          i + 1,
          Array.from({ length: 1000 }, (_, k) => i + k),
        ),
      );
    const { every, losses } = history.series();
    expect(history.count).toBe(length);
    expect(losses.length).toBeLessThanOrEqual(16_384);
    expect(every).toBe(8);
    expect(losses[0]).toBeCloseTo(3.5, 5);
    expect(losses[100]).toBeCloseTo(803.5, 3);
  });

  it('goes on from a series that was thinned out', () => {
    const history = new StepHistory();
    history.append(series(1, [1, 2], 4));
    history.append(series(9, [3]));
    expect(history.count).toBe(9);
  });

  it('takes as little time for a million millions of steps as for some', () => {
    const history = new StepHistory();
    history.append(series(1, [5, 3], 2 ** 39));
    const { every, count, losses } = history.state();
    expect(count).toBe(2 ** 40);
    expect(every * losses.length).toBeGreaterThanOrEqual(count);
    expect([losses[0], losses.at(-1)]).toEqual([5, 3]);
  });

  it('takes no steps that come before the ones between: they would stand at the wrong place', () => {
    const history = new StepHistory();
    expect(history.append(series(500, [1]))).toBe(false);
    expect(history.count).toBe(0);
    expect(history.append(series(1, [3, 2]))).toBe(true);
    expect(history.append(series(4, [1]))).toBe(false);
    expect(history.append(series(3, [1]))).toBe(true);
    expect([...history.series().losses]).toEqual([3, 2, 1]);
  });

  it.each([10, 16_384, 50_001, 123_457])('of %d steps goes on from its state as if it had never left', (length) => {
    const values = Array.from({ length: length + 1000 }, (_, i) => Math.sin(i / 50));
    const whole = new StepHistory();
    whole.append(series(1, values));
    const first = new StepHistory();
    first.append(series(1, values.slice(0, length)));
    const second = StepHistory.from(first.state());
    expect(second.count).toBe(length);
    expect(second.append(series(length + 1, values.slice(length)))).toBe(true);
    expect(second.count).toBe(whole.count);
    const [a, b] = [whole.series(), second.series()];
    expect(b.every).toBe(a.every);
    expect(b.losses).toHaveLength(a.losses.length);
    expect(Math.max(...a.losses.map((value, i) => Math.abs(value - b.losses[i]!)))).toBeLessThan(1e-6);
  });
});
