import { useId } from 'react';
import { create } from 'zustand';
import { ceilingOut, fitMessage, type WindowFit } from '#core/fit.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { windowFixes } from '#core/layers/window-fixes.ts';
import { toFix } from '#core/network/problems.ts';
import type { LayerReport } from '#core/network/propagate.ts';
import { isVolume } from '#core/shape.ts';
import { edit } from '../document/store.ts';
import { Button } from '../ui/Button.tsx';
import styles from './Fit.module.css';
import { FitPicture } from './FitPicture.tsx';

/** Whether Caffe's rule is shown as well; kept from layer to layer. */
const useCeiling = create<{ readonly shown: boolean }>()(() => ({ shown: false }));

/** How a window fits its input: exact, floors or impossible, drawn, with the changes that make it exact. */
export function FitInspector({ report }: { readonly report: LayerReport }) {
  const { fit, layer, inputShapes, problems } = report;
  const [input] = inputShapes;
  if (fit === undefined) return null;
  const window = layerDefinition(layer.kind)?.window?.(layer.fields as never);
  const fixes =
    fit.status === 'floors' && input !== undefined && isVolume(input) && window !== undefined
      ? windowFixes(input, window)
      : [];
  // What does not fit stands among the problems already, with its fixes.
  const told = problems.some(({ code }) => code === 'window');
  return (
    <div className={styles.fit} data-status={fit.status}>
      <h4>
        How the window fits <span className={styles.status}>{fit.status}</span>
      </h4>
      {!told && <p>{fitMessage(fit)}</p>}
      {leavesGaps(fit) && <p>It moves by more than its own length: pixels between two positions are never read.</p>}
      <FitPicture fit={fit} />
      {fixes.length > 0 && (
        <fieldset className={styles.fixes}>
          <legend>Make it exact</legend>
          {fixes.map((fix) => (
            <Button key={fix.label} onClick={() => edit(...toFix(layer.id, fix).edits)}>
              {fix.label}
            </Button>
          ))}
        </fieldset>
      )}
      <Ceiling fit={fit} />
    </div>
  );
}

function leavesGaps({ status, height, width }: WindowFit): boolean {
  return status !== 'impossible' && [height, width].some(({ stride, reach, out }) => out > 1 && stride > reach);
}

/** What Caffe, which rounds up where it pools, would give. */
function Ceiling({ fit }: { readonly fit: WindowFit }) {
  const id = useId();
  const shown = useCeiling((state) => state.shown);
  const [height, width] = [ceilingOut(fit.height), ceilingOut(fit.width)];
  const same = height === fit.height.out && width === fit.width.out;
  return (
    <>
      <label htmlFor={id} className={styles.toggle}>
        <input
          id={id}
          type="checkbox"
          checked={shown}
          onChange={({ target }) => useCeiling.setState({ shown: target.checked })}
        />
        Caffe’s ceiling rule
      </label>
      {shown && (
        <p data-testid="ceiling">
          Rounded up as Caffe’s POOL does: {width}×{height}
          {same ? ', the same.' : `, here ${fit.width.out}×${fit.height.out}.`}
        </p>
      )}
    </>
  );
}
