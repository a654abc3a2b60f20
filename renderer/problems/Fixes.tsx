import type { ReactNode } from 'react';
import type { Problem } from '#core/network/problems.ts';
import { Button } from '../ui/Button.tsx';
import { applyFix, useOfferedFixes } from './use-fixes.ts';

interface Props {
  readonly problem: Problem;
  /** How a fix is drawn, where not as an ordinary button. */
  readonly draw?: (label: string, apply: () => void) => ReactNode;
}

/** Buttons that mend a problem with one click each. */
export function Fixes({ problem, draw = drawButton }: Props) {
  return useOfferedFixes(problem).map((fix) => draw(fix.label, () => applyFix(problem, fix)));
}

function drawButton(label: string, apply: () => void) {
  return (
    <Button key={label} onClick={apply}>
      {label}
    </Button>
  );
}
