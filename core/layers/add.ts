import { defineElementwiseMerge } from './merge.ts';

export const add = defineElementwiseMerge({
  kind: 'Add',
  label: 'ADD',
  stem: 'add',
  summary: 'Adds volumes of one shape element by element: the shortcut of a residual block ends here.',
  op: 'Add',
  needs: 'inputs of one shape (a 1×1 CONV on the shortcut can change it)',
});
