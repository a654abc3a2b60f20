import { formatVolume } from '../shape.ts';
import { defineLayer } from './define.ts';
import { flag, text } from './fields.ts';

/** The kind of a layer that stands for one of the user's blocks. It is replaced by the block's layers: see expand.ts. */
export const BLOCK = 'Block';

/** How a block looks in the places that speak of kinds. No network is computed with it. */
export const block = defineLayer({
  kind: BLOCK,
  label: 'BLOCK',
  category: 'Blocks',
  stem: 'block',
  summary: 'A group of layers under a name, which can be placed many times.',
  fields: {
    block: text({ label: 'Block', help: 'Name of the group that it stands for.', default: '', longest: 64 }),
    expanded: flag({
      label: 'Layers shown',
      help: 'Whether its layers are drawn on the canvas; it changes nothing that is computed.',
      default: false,
      added: true,
    }),
  },
  arity: { min: 1, max: 1 },
  inPlace: true,
  outputShape: ({ fields }) => ({
    fault: {
      code: 'field',
      message: `The design has no block called "${fields.block}". Remove the layer, or paste the block.`,
    },
  }),
  outputSteps: ({ output }) => [{ formula: 'what its last layer gives', values: '', result: formatVolume(output) }],
  emit: () => {
    throw new Error('A block is replaced by its layers before anything is computed.');
  },
  describe: ({ block: name }) => name,
});
