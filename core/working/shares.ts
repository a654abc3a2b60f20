import { formatBytes, formatWhole } from '../format.ts';
import { activationBytes, type Costs, trainingBytes } from '../network/costs.ts';
import type { LayerReport } from '../network/report.ts';
import type { Step, Total } from './working.ts';

interface Counted {
  count(costs: Costs, batch: number, slots: number): number;
  format(count: number): string;
}

const COUNTED: { readonly [T in Total]: Counted } = {
  params: { count: ({ params }) => params, format: formatWhole },
  macs: { count: ({ macs }) => macs, format: formatWhole },
  activations: { count: activationBytes, format: formatBytes },
  memory: { count: trainingBytes, format: formatBytes },
};

/** What each layer adds to a sum, then the sum. */
export function shares(
  reports: readonly LayerReport[],
  sum: Costs,
  total: Total,
  batch: number,
  slots: number,
): readonly Step[] {
  const { count, format } = COUNTED[total];
  const steps = reports.flatMap(({ layer, costs }): Step[] => {
    const share = count(costs, batch, slots);
    return share === 0 ? [] : [{ formula: layer.name, values: '', result: format(share) }];
  });
  return [...steps, { formula: 'together', values: '', result: format(count(sum, batch, slots)) }];
}
