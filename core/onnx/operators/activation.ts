import type { Value } from '../graph.ts';
import { broadcast, isPositive, sameType, unbroadcast } from './elementwise.ts';
import type { Operator } from './operator.ts';

/** y = max(x, 0); y is positive exactly where x is, so x need not be kept. */
export const relu: Operator<'Relu'> = {
  attributes: {},
  types: sameType,
  gradient: ({ graph, output: y, dy }) => [
    // What comes straight from a MAX POOL has this mask on it: see pool.ts.
    graph.producer(dy)?.op === 'MaxUnpool' ? dy : graph.add('Mul', [dy, isPositive(graph, y)], {}),
  ],
};

/** y = x for x > 0, else αx: the slope is α + (1 − α)·[x > 0]. */
export const leakyRelu: Operator<'LeakyRelu'> = {
  attributes: { alpha: 'float' },
  defaults: () => ({ alpha: 0.01 }),
  types: sameType,
  gradient: ({ graph, inputs, dy, attributes: { alpha } }) => {
    const positive = graph.add('Mul', [isPositive(graph, inputs[0] as Value), graph.scalar(1 - alpha)], {});
    return [graph.add('Mul', [dy, graph.add('Add', [positive, graph.scalar(alpha)], {})], {})];
  },
};

/** y = x for x > 0, else a·x, with slopes a that are broadcast to x: da = dy · min(x, 0), summed where it was one a. */
export const prelu: Operator<'PRelu'> = {
  attributes: {},
  types: (context) => {
    const [x, slope] = [context.input(0), context.input(1)];
    if (broadcast(x.dims, slope.dims)?.join() !== x.dims.join()) context.fail('needs slopes that can be broadcast');
    return [x];
  },
  gradient: ({ graph, inputs: [x, slope], dy, wants }) => {
    const positive = isPositive(graph, x as Value);
    const negative = graph.add('Sub', [graph.scalar(1), positive], {});
    const factor = graph.add('Add', [positive, graph.add('Mul', [negative, slope], {})], {});
    const below = graph.add('Sub', [x, graph.add('Relu', [x], {})], {});
    return [
      wants(0) ? graph.add('Mul', [dy, factor], {}) : undefined,
      wants(1) ? unbroadcast(graph, graph.add('Mul', [dy, below], {}), graph.dims(slope as Value)) : undefined,
    ];
  },
};

/** y = max(0, min(1, αx + β)): the slope is α strictly in between. */
export const hardSigmoid: Operator<'HardSigmoid'> = {
  attributes: { alpha: 'float', beta: 'float' },
  defaults: () => ({ alpha: 0.2, beta: 0.5 }),
  types: sameType,
  gradient: ({ graph, output: y, dy, attributes: { alpha } }) => {
    const below = isPositive(graph, graph.add('Sub', [graph.scalar(1), y], {}));
    const inside = graph.add('Mul', [isPositive(graph, y), below], {});
    return [graph.add('Mul', [dy, graph.add('Mul', [inside, graph.scalar(alpha)], {})], {})];
  },
};

/** y = x for x > 0, else α(eˣ − 1): the slope below zero is y + α. */
export const elu: Operator<'Elu'> = {
  attributes: { alpha: 'float' },
  defaults: () => ({ alpha: 1 }),
  types: sameType,
  gradient: ({ graph, output: y, dy, attributes: { alpha } }) => {
    const positive = isPositive(graph, y);
    const negative = graph.add('Sub', [graph.scalar(1), positive], {});
    const below = graph.add('Mul', [graph.add('Add', [y, graph.scalar(alpha)], {}), negative], {});
    return [graph.add('Mul', [dy, graph.add('Add', [below, positive], {})], {})];
  },
};

/** y = γ(x for x > 0, else α(eˣ − 1)): the slope is γ above zero and y + γα below. */
export const selu: Operator<'Selu'> = {
  attributes: { alpha: 'float', gamma: 'float' },
  defaults: () => ({ alpha: 1.6732631921768188, gamma: 1.0507010221481323 }),
  types: sameType,
  gradient: ({ graph, output: y, dy, attributes: { alpha, gamma } }) => {
    const positive = isPositive(graph, y);
    const negative = graph.add('Sub', [graph.scalar(1), positive], {});
    const below = graph.add('Mul', [graph.add('Add', [y, graph.scalar(gamma * alpha)], {}), negative], {});
    const above = graph.add('Mul', [positive, graph.scalar(gamma)], {});
    return [graph.add('Mul', [dy, graph.add('Add', [below, above], {})], {})];
  },
};

/** y = ln(1 + eˣ): dx = dy · sigmoid(x) */
export const softplus: Operator<'Softplus'> = {
  attributes: {},
  types: sameType,
  gradient: ({ graph, inputs, dy }) => [graph.add('Mul', [dy, graph.add('Sigmoid', [inputs[0]], {})], {})],
};

/** y = x / (1 + |x|): dx = dy · (1 − |y|)² */
export const softsign: Operator<'Softsign'> = {
  attributes: {},
  types: sameType,
  gradient: ({ graph, output: y, dy }) => {
    const magnitude = graph.add(
      'Add',
      [graph.add('Relu', [y], {}), graph.add('Relu', [graph.add('Neg', [y], {})], {})],
      {},
    );
    const rest = graph.add('Sub', [graph.scalar(1), magnitude], {});
    return [graph.add('Mul', [dy, graph.add('Mul', [rest, rest], {})], {})];
  },
};

/** y = 2/√π ∫₀ˣ exp(−t²) dt: dx = dy · 2/√π · exp(−x²) */
export const erf: Operator<'Erf'> = {
  attributes: {},
  types: sameType,
  gradient: ({ graph, inputs: [x], dy }) => {
    const bell = graph.add('Exp', [graph.add('Neg', [graph.add('Mul', [x, x], {})], {})], {});
    return [graph.add('Mul', [dy, graph.add('Mul', [bell, graph.scalar(2 / Math.sqrt(Math.PI))], {})], {})];
  },
};

/** dx = dy · y(1 − y) */
export const sigmoid: Operator<'Sigmoid'> = {
  attributes: {},
  types: sameType,
  gradient: ({ graph, output: y, dy }) => {
    const slope = graph.add('Sub', [y, graph.add('Mul', [y, y], {})], {});
    return [graph.add('Mul', [dy, slope], {})];
  },
};

/** dx = dy · (1 − y²) */
export const tanh: Operator<'Tanh'> = {
  attributes: {},
  types: sameType,
  gradient: ({ graph, output: y, dy }) => {
    const slope = graph.add('Sub', [graph.scalar(1), graph.add('Mul', [y, y], {})], {});
    return [graph.add('Mul', [dy, slope], {})];
  },
};

/** dx = y · (dy − Σ dy·y) along the axis */
export const softmax: Operator<'Softmax'> = {
  attributes: { axis: 'int' },
  defaults: () => ({ axis: -1 }),
  types: sameType,
  gradient: ({ graph, output: y, dy, attributes: { axis } }) => {
    const weighted = graph.add('Mul', [dy, y], {});
    const sum = graph.add('ReduceSum', [weighted, graph.ints([axis])], { keepdims: 1 });
    return [graph.add('Sub', [weighted, graph.add('Mul', [y, sum], {})], {})];
  },
};

/** y = x − log Σ eˣ: dx = dy − eʸ · Σ dy along the axis */
export const logSoftmax: Operator<'LogSoftmax'> = {
  attributes: { axis: 'int' },
  defaults: () => ({ axis: -1 }),
  types: sameType,
  gradient: ({ graph, output: y, dy, attributes: { axis } }) => {
    const sum = graph.add('ReduceSum', [dy, graph.ints([axis])], { keepdims: 1 });
    return [graph.add('Sub', [dy, graph.add('Mul', [graph.add('Exp', [y], {}), sum], {})], {})];
  },
};

/** In a graph for inference dropout passes its input through; training writes a product with a mask instead. */
export const dropout: Operator<'Dropout'> = {
  attributes: {},
  types: sameType,
  gradient: ({ dy }) => [dy],
};
