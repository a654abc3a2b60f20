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
});
