import { elements, formatVolume } from '../shape.ts';
import { defineLayer } from './define.ts';
import { integer } from './fields.ts';

const side = (label: string, help: string) => integer({ label, help, default: 1, min: 1, max: 65536 });

export const reshape = defineLayer({
  kind: 'Reshape',
  label: 'RESHAPE',
  category: 'Dense',
  stem: 'reshape',
  summary: 'Reads the same numbers, in the same order, as a volume of another shape.',
  fields: {
    height: side('Height', 'Rows of the new volume.'),
    width: side('Width', 'Columns of the new volume.'),
    channels: side('Depth', 'Channels of the new volume.'),
  },
  arity: { min: 1, max: 1 },
  inPlace: true,
  passesValues: true,
  placement: () => ({ type: 'rearranged' }),
  outputShape: ({ inputs: [input = []], fields: { channels, height, width } }) => {
    const shape = [channels, height, width];
    if (elements(shape) === elements(input)) return { shape };
    const needs = `${formatVolume(shape)} = ${elements(shape)} numbers`;
    return {
      fault: {
        code: 'mismatch',
        message: `RESHAPE needs as many numbers as it gets: it makes ${needs}, its input ${formatVolume(input)} has ${elements(input)}.`,
        fixes: [
          {
            type: 'fields',
            label: `Make it 1×1×${elements(input)}`,
            fields: { channels: elements(input), height: 1, width: 1 },
          },
        ],
      },
    };
  },
  outputSteps: ({ output }) => [{ formula: 'W×H×D as they are set', values: '', result: formatVolume(output) }],
  // 0 stands for the batch as it comes: an exported file takes any.
  emit: ({ graph, inputs: [x], fields: { channels, height, width } }) =>
    graph.add('Reshape', [x, graph.ints([0, channels, height, width])], {}),
  describe: ({ channels, height, width }) => formatVolume([channels, height, width]),
});
