import { defineElementwiseMerge } from './merge.ts';

export const multiply = defineElementwiseMerge({
  kind: 'Multiply',
  label: 'MULTIPLY',
  stem: 'multiply',
  summary: 'Multiplies volumes of one shape element by element: a gate that lets through what another branch says.',
  op: 'Mul',
  needs: 'inputs of one shape',
});
