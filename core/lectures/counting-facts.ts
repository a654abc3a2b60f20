import { formatWhole } from '../format.ts';
import type { Step } from '../working/working.ts';
import type { Fact } from './fact.ts';

/** What the lectures count and compute without any layer. */

/** How many weights it takes to connect layers: everything, neighbours only, neighbours with shared weights. */
export function connectionFacts(): readonly Fact[] {
  const [n, m] = [5, 3];
  // The first and the last unit have one neighbour less.
  const local = n * m - 2;
  const [side, hidden, patch] = [200, 400_000, 10];
  return [
    {
      type: 'working',
      id: 'connect-5',
      title: `${n} inputs to ${n} units`,
      lecture: '004',
      steps: [
        { formula: 'fully connected: n·n', values: `${n}·${n}`, result: formatWhole(n * n) },
        {
          formula: 'each with its m neighbours, the ends with one less: n·m − 2',
          values: `${n}·${m} − 2`,
          result: formatWhole(local),
        },
        { formula: 'the same m weights everywhere', values: '', result: formatWhole(m) },
      ],
      remarks: [],
      slides: [],
    },
    {
      type: 'working',
      id: 'connect-200',
      title: `A ${side}×${side} picture to ${formatWhole(hidden)} units`,
      lecture: '004',
      steps: [
        {
          formula: 'fully connected: pixels·units',
          values: `${side}·${side}·${formatWhole(hidden)}`,
          result: formatWhole(side * side * hidden),
        },
        {
          formula: 'each to a patch of 10×10',
          values: `${patch}·${patch}·${formatWhole(hidden)}`,
          result: formatWhole(patch * patch * hidden),
        },
      ],
      remarks: [],
      slides: [],
    },
  ];
}

/** A filter of three over five numbers. */
export function oneDimensional(): Fact {
  const [input, filter] = [
    [1, 1, 1, 0, 0],
    [1, 0, 1],
  ];
  const steps = [0, 1, 2].map((at): Step => {
    const terms = filter.map((weight, i) => [input[at + i] ?? 0, weight] as const);
    return {
      formula: `y[${at}]`,
      values: terms.map(([x, w]) => `${x}·${w}`).join(' + '),
      result: String(terms.reduce((sum, [x, w]) => sum + x * w, 0)),
    };
  });
  return {
    type: 'working',
    id: 'convolution-1d',
    title: 'A filter of three over five numbers',
    lecture: '004',
    steps,
    remarks: ['Input 1 1 1 0 0, filter 1 0 1.'],
    slides: [],
  };
}
