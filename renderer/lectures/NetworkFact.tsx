import { useMemo } from 'react';
import { formatBytes, formatWhole } from '#core/format.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { propagate } from '#core/network/propagate.ts';
import { fieldSides } from '#core/network/receptive-field.ts';
import { formatVolume } from '#core/shape.ts';
import { findTemplate } from '#core/templates/index.ts';
import { useOpen } from '../app/use-open.ts';
import { Button } from '../ui/Button.tsx';
import styles from './Lectures.module.css';

/** A network of the lectures, row by row as their tables have it: what works in place is left out. */
export function NetworkFact({ template }: { readonly template: string }) {
  const open = useOpen();
  const found = useMemo(() => {
    const design = findTemplate(template)?.create();
    if (design === undefined) return undefined;
    const { order, layers, totals } = propagate(design.network);
    const rows = order.flatMap((id) => layers.get(id) ?? []);
    return { design, totals, rows: rows.filter(({ layer }) => layerDefinition(layer.kind)?.inPlace === false) };
  }, [template]);
  if (found === undefined) return null;
  const { design, rows, totals } = found;
  return (
    <>
      <table className={styles.rows}>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Volume</th>
            <th scope="col">Weights</th>
            <th scope="col">Biases</th>
            <th scope="col">MACs</th>
            <th scope="col">Receptive field</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ layer, shape = [], costs, receptiveField }) => (
            <tr key={layer.id}>
              <th scope="row">{layer.name}</th>
              <td>{formatVolume(shape)}</td>
              <td>{formatWhole(costs.weights)}</td>
              <td>{formatWhole(costs.params - costs.weights)}</td>
              <td>{formatWhole(costs.macs)}</td>
              <td>{receptiveField === undefined ? '–' : fieldSides(receptiveField).toReversed().join('×')}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td>
              {formatWhole(totals.activations)} numbers, {formatBytes(totals.activationBytes)}
            </td>
            <td>{formatWhole(totals.weights)}</td>
            <td>{formatWhole(totals.params - totals.weights)}</td>
            <td>{formatWhole(totals.macs)}</td>
            <td />
          </tr>
        </tfoot>
      </table>
      <p>
        {formatWhole(totals.params)} params. <Button onClick={() => open.fresh(design)}>Open it as a design</Button>
      </p>
    </>
  );
}
