import { learnedTensors } from '../learned.ts';
import type { Check } from './define.ts';

/** No layer has weights that training may change. */
export const nothingLearns: Check = ({ network, report }) => {
  if (learnedTensors(report).length > 0) return [];
  const frozen = [...network.layers.values()].filter(({ fields }) => fields['trainable'] === false);
  if (frozen.length === 0) {
    const message = 'Nothing here learns: no layer has weights. Add a CONV or an FC.';
    return [{ code: 'nothing-learns', severity: 'error', message, fixes: [] }];
  }
  return [
    {
      code: 'nothing-learns',
      severity: 'error',
      message: `Nothing here learns: every layer with weights is frozen (${frozen.map(({ name }) => name).join(', ')}). Make one of them trainable.`,
      fixes: [
        {
          label: 'Make them trainable',
          edits: frozen.map(({ id }) => ({ type: 'set-fields', layer: id, fields: { trainable: true } })),
        },
      ],
    },
  ];
};
