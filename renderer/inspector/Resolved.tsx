import { formatCount, formatWhole } from '#core/format.ts';
import type { LayerReport } from '#core/network/propagate.ts';
import { fieldSides } from '#core/network/receptive-field.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { formatVolume } from '#core/shape.ts';
import { useDocument } from '../document/store.ts';
import { Fixes } from '../problems/Fixes.tsx';
import { Figure } from '../working/Figure.tsx';
import { FitInspector } from './FitInspector.tsx';
import styles from './LayerSettings.module.css';

/** What a layer's settings come to in its place: the formula with its numbers, volumes, params, MACs. */
export function Resolved({ id }: { readonly id: string }) {
  const report = useDocument((state) => state.report.layers.get(id));
  const feeding = useDocument(({ design }) => design.network.edges.find(({ to }) => to === id)?.from);
  if (report === undefined) return null;
  const [input] = report.inputShapes;
  const { name } = report.layer;
  return (
    <div className={styles.resolved}>
      <h3>Result</h3>
      {report.problems.map((problem) => (
        <div key={problem.message} className={styles.problem}>
          <p>{problem.message}</p>
          <Fixes problem={problem} />
        </div>
      ))}
      <FitInspector report={report} />
      <dl>
        {input !== undefined && (
          <>
            <dt>Input</dt>
            <dd>
              {feeding === undefined ? (
                formatVolume(input)
              ) : (
                <Figure of={{ layer: feeding, quantity: 'output' }} label={`Input of ${name}`}>
                  {formatVolume(input)}
                </Figure>
              )}
            </dd>
          </>
        )}
        {report.shape !== undefined && (
          <>
            <dt>Output</dt>
            <dd>
              <Figure of={{ layer: id, quantity: 'output' }} label={`Volume of ${name}`}>
                {formatVolume(report.shape)}
              </Figure>
            </dd>
          </>
        )}
        <Params report={report} />
        {report.costs.macs > 0 && (
          <>
            <dt>MACs</dt>
            <dd>
              <Figure of={{ layer: id, quantity: 'macs' }} label={`MACs of ${name}`}>
                {formatCount(report.costs.macs)}
              </Figure>
            </dd>
          </>
        )}
        {report.receptiveField !== undefined && (
          <>
            <dt>Receptive field</dt>
            <dd>
              <Figure of={{ layer: id, quantity: 'receptiveField' }} label={`Receptive field of ${name}`}>
                {fieldSides(report.receptiveField).toReversed().join('×')}
              </Figure>
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

/** "5×5×1 × 6 + 6 = 156": each tensor's size, and the sum. */
function Params({ report }: { readonly report: LayerReport }) {
  const learned = report.tensors.filter((tensor) => tensor.role !== 'buffer');
  if (learned.length === 0) return null;
  const terms = learned.map(({ dims }) =>
    dims.length === 4 ? `(${dims[3]}·${dims[2]}·${dims[1]})·${dims[0]}` : dims.join('·'),
  );
  const sum = learned.reduce((total, { dims }) => total + elementCount(dims), 0);
  return (
    <>
      <dt>Params</dt>
      <dd>
        <Figure of={{ layer: report.layer.id, quantity: 'params' }} label={`Params of ${report.layer.name}`}>
          {terms.join(' + ')} = {formatWhole(sum)}
        </Figure>
      </dd>
    </>
  );
}
