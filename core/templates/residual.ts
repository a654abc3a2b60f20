import type { LayerId } from '../network/network.ts';
import type { Chain } from './chain.ts';
import { addNormalisedConv } from './normalised.ts';

/** One unit of a residual network: what its body is made of, and what changes on its way. */
export interface ResidualUnit {
  /** Filters of its 3×3 CONVs. */
  readonly filters: number;
  readonly strides: number;
  /** Whether the shortcut is a 1×1 CONV (option B of He et al. 2015), where depth or size change. */
  readonly projects: boolean;
}

/** Times that a bottleneck's output is deeper than its 3×3 CONV. */
export const EXPANSION = 4;

/** Two 3×3 CONVs beside the shortcut, and a ReLU behind the addition; answers the latter. */
export function addBasicUnit(chain: Chain, input: LayerId, unit: ResidualUnit): LayerId {
  const { filters, strides } = unit;
  addNormalisedConv(chain, { filters, kernelSize: 3, strides, after: input });
  chain.add('ReLU');
  const body = addNormalisedConv(chain, { filters, kernelSize: 3 });
  return addShortcut(chain, input, body, unit, filters);
}

/**
 * 1×1, 3×3 and 1×1 CONVs beside the shortcut. The stride is that of the 3×3 CONV, as in torchvision ("ResNet v1.5"); the
 * paper has it in the first 1×1 CONV, with as many params.
 */
export function addBottleneckUnit(chain: Chain, input: LayerId, unit: ResidualUnit): LayerId {
  const { filters, strides } = unit;
  addNormalisedConv(chain, { filters, kernelSize: 1, after: input });
  chain.add('ReLU');
  addNormalisedConv(chain, { filters, kernelSize: 3, strides });
  chain.add('ReLU');
  const body = addNormalisedConv(chain, { filters: EXPANSION * filters, kernelSize: 1 });
  return addShortcut(chain, input, body, unit, EXPANSION * filters);
}

function addShortcut(
  chain: Chain,
  input: LayerId,
  body: LayerId,
  { strides, projects }: ResidualUnit,
  filters: number,
): LayerId {
  const shortcut = projects ? addNormalisedConv(chain, { filters, kernelSize: 1, strides, after: input }) : input;
  chain.add('Add', {}, [body, shortcut]);
  return chain.add('ReLU');
}
