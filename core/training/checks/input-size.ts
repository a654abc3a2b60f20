import { formatVolume } from '../../shape.ts';
import type { Check } from './define.ts';

/** The images of the data set are not what INPUT takes. */
export const inputSize: Check = ({ report, data }) => {
  const input = report.layers.get(report.input ?? '');
  if (data === undefined || input?.shape === undefined || input.shape.join() === data.shape.join()) return [];
  const [channels, height, width] = data.shape;
  const [takes, has] = [formatVolume(input.shape), formatVolume(data.shape)];
  return [
    {
      code: 'input-size',
      severity: 'error',
      layer: input.layer.id,
      message: `INPUT takes images of ${takes}; those of ${data.name} are ${has}. Set INPUT to ${has}, or choose another data set.`,
      fixes: [
        {
          label: `Set INPUT to ${has}`,
          edits: [{ type: 'set-fields', layer: input.layer.id, fields: { channels, height, width } }],
        },
      ],
    },
  ];
};
