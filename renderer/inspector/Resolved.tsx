import { fitMessage } from '#core/fit.ts';
import { formatCount, formatWhole } from '#core/format.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { windowFixes } from '#core/layers/windowed.ts';
import { toFix } from '#core/network/problems.ts';
import type { LayerReport } from '#core/network/propagate.ts';
import { fieldSides } from '#core/network/receptive-field.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { formatVolume, isVolume } from '#core/shape.ts';
import { edit, useDocument } from '../document/store.ts';
import { Button } from '../ui/Button.tsx';
import styles from './LayerSettings.module.css';

/** What a layer's settings come to in its place: the formula with its numbers, volumes, params, MACs. */
export function Resolved({ id }: { readonly id: string }) {
  const report = useDocument((state) => state.report.layers.get(id));
  if (report === undefined) return null;
  const [input] = report.inputShapes;
  return (
    <div className={styles.resolved}>
      <h3>Result</h3>
      {report.problems.map((problem) => (
        <div key={problem.message} className={styles.problem}>
          <p>{problem.message}</p>
          {problem.fixes.map((fix) => (
            <Button key={fix.label} onClick={() => edit(...fix.edits)}>
              {fix.label}
            </Button>
          ))}
        </div>
      ))}
      {report.fit !== undefined && report.fit.status !== 'impossible' && <Fit report={report} />}
      <dl>
        {input !== undefined && (
          <>
            <dt>Input</dt>
            <dd>{formatVolume(input)}</dd>
          </>
        )}
        {report.shape !== undefined && (
          <>
            <dt>Output</dt>
            <dd>{formatVolume(report.shape)}</dd>
          </>
        )}
        <Params report={report} />
        {report.costs.macs > 0 && (
          <>
            <dt>MACs</dt>
            <dd title={formatWhole(report.costs.macs)}>{formatCount(report.costs.macs)}</dd>
          </>
        )}
        {report.receptiveField !== undefined && (
          <>
            <dt>Receptive field</dt>
            <dd>{fieldSides(report.receptiveField).toReversed().join('×')}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

function Fit({ report }: { readonly report: LayerReport }) {
  const { fit, layer, inputShapes } = report;
  const [input] = inputShapes;
  if (fit === undefined) return null;
  const window = layerDefinition(layer.kind)?.window?.(layer.fields as never);
  const fixes =
    fit.status === 'floors' && input !== undefined && isVolume(input) && window !== undefined
      ? windowFixes(input, window)
      : [];
  return (
    <div className={fit.status === 'floors' ? styles.floors : styles.exact}>
      <p>{fitMessage(fit)}</p>
      {fixes.map((fix) => (
        <Button key={fix.label} onClick={() => edit(...toFix(layer.id, fix).edits)}>
          {fix.label}
        </Button>
      ))}
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
        {terms.join(' + ')} = {formatWhole(sum)}
      </dd>
    </>
  );
}
