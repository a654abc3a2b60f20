import { useId, useMemo } from 'react';
import { create } from 'zustand';
import { ceilingOut, fitMessage, type WindowFit } from '#core/fit.ts';
import { layerDefinition } from '#core/layers/index.ts';
import { windowFixes } from '#core/layers/window-fixes.ts';
import { toFix } from '#core/network/problems.ts';
import type { LayerReport } from '#core/network/propagate.ts';
import { isVolume } from '#core/shape.ts';
import { edit } from '../document/store.ts';
import { useHarmlessFixes } from '../problems/use-fixes.ts';
import { Button } from '../ui/Button.tsx';
import styles from './Fit.module.css';
import { FitPicture } from './FitPicture.tsx';

/** Whether Caffe's rule is shown as well; kept from layer to layer. */
const useCeiling = create<{ readonly shown: boolean }>()(() => ({ shown: false }));

/** How a window fits its input: exact, floors or impossible, drawn, with the changes that make it exact. */
export function FitInspector({ report }: { readonly report: LayerReport }) {
  const { fit } = report;
  if (fit === undefined) return null;
  return (
    <div className={styles.fit} data-status={fit.status}>
      <h4>
        How the window fits <span className={styles.status}>{fit.status}</span>
      </h4>
      {/* What is impossible stands among the problems already, with its fixes. */}
      {fit.status !== 'impossible' && <p>{fitMessage(fit)}</p>}
      {leavesGaps(fit) && <p>It moves by more than its own length: pixels between two positions are never read.</p>}
      <FitPicture fit={fit} />
      {fit.status === 'floors' && <ExactFixes report={report} />}
      <Ceiling fit={fit} />
    </div>
  );
}

/** Changes that make a window exact, and cause no problem elsewhere. */
function ExactFixes({ report: { layer, inputShapes } }: { readonly report: LayerReport }) {
  const [input] = inputShapes;
  const possible = useMemo(() => {
    const window = layerDefinition(layer.kind)?.window?.(layer.fields as never);
    if (input === undefined || !isVolume(input) || window === undefined) return [];
    return windowFixes(input, window).map((fix) => toFix(layer.id, fix));
  }, [layer, input]);
  const fixes = useHarmlessFixes(possible);
  if (fixes.length === 0) return null;
  return (
    <fieldset className={styles.fixes}>
      <legend>Make it exact</legend>
      {fixes.map(({ label, edits }) => (
        <Button key={label} onClick={() => edit(...edits)}>
          {label}
        </Button>
      ))}
    </fieldset>
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
  const here = fit.status === 'impossible' ? 'no volume' : `${fit.width.out}×${fit.height.out}`;
  const caffe = height === 0 || width === 0 ? 'no volume' : `${width}×${height}`;
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
          Rounded up as Caffe’s POOL does: {caffe}
          {caffe === here ? ', the same.' : `, here ${here}.`}
        </p>
      )}
    </>
  );
}
