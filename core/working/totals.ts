import { CONVENTIONS } from '../network/costs.ts';
import type { NetworkReport } from '../network/report.ts';
import { shares } from './shares.ts';
import { slidesOnTotal } from './slides.ts';
import type { Total, Working } from './working.ts';

const TITLES: { readonly [T in Total]: string } = {
  params: 'All params',
  macs: 'All MACs',
  activations: 'Activations of an image',
  memory: 'Memory of training',
};

const COUNTING: { readonly [T in Total]: readonly string[] } = {
  params: [CONVENTIONS.params],
  macs: [CONVENTIONS.macs],
  activations: [CONVENTIONS.activationBytes, CONVENTIONS.activations],
  memory: [CONVENTIONS.trainingBytes],
};

/** Where a sum over the whole network comes from: what each layer adds to it. */
export function workingOfTotal(network: NetworkReport, total: Total, batch: number, slots: number): Working {
  const reports = network.order.flatMap((id) => network.layers.get(id) ?? []);
  return {
    title: TITLES[total],
    steps: shares(reports, network.totals, total, batch, slots),
    remarks: COUNTING[total],
    slides: slidesOnTotal(network, total),
  };
}
