import { formatBytes, formatWhole } from '../format.ts';
import { activationBytes, CONVENTIONS, type Costs, trainingBytes } from '../network/costs.ts';
import type { NetworkReport } from '../network/report.ts';
import { slidesOnTotal } from './slides.ts';
import type { Step, Working } from './working.ts';

export const TOTALS = ['params', 'macs', 'activations', 'memory'] as const;
export type Total = (typeof TOTALS)[number];

interface Counted {
  readonly title: string;
  readonly convention: string;
  count(costs: Costs, batch: number, slots: number): number;
  format(count: number): string;
}

const COUNTED: { readonly [T in Total]: Counted } = {
  params: {
    title: 'All params',
    convention: CONVENTIONS.params,
    count: ({ params }) => params,
    format: formatWhole,
  },
  macs: { title: 'All MACs', convention: CONVENTIONS.macs, count: ({ macs }) => macs, format: formatWhole },
  activations: {
    title: 'Activations of an image',
    convention: `${CONVENTIONS.activationBytes} ${CONVENTIONS.activations}`,
    count: activationBytes,
    format: formatBytes,
  },
  memory: {
    title: 'Memory of training',
    convention: CONVENTIONS.trainingBytes,
    count: trainingBytes,
    format: formatBytes,
  },
};

/** Where a sum over the whole network comes from: what each layer adds to it. */
export function workingOfTotal(network: NetworkReport, total: Total, batch: number, slots: number): Working {
  const { title, convention, count, format } = COUNTED[total];
  const steps = network.order.flatMap((id): Step[] => {
    const report = network.layers.get(id);
    const share = report === undefined ? 0 : count(report.costs, batch, slots);
    return share === 0 ? [] : [{ formula: report?.layer.name ?? id, values: '', result: format(share) }];
  });
  const sum: Step = { formula: 'together', values: '', result: format(count(network.totals, batch, slots)) };
  return { title, steps: [...steps, sum], remarks: [convention], slides: slidesOnTotal(network, total) };
}
