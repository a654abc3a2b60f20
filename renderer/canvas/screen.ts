import type { Box, Size } from './dimensions.ts';

/** The canvas on the screen, in pixels from its corner. */
export interface Screen {
  readonly size: Size;
  /** What lies over it: its tools, the overview. */
  readonly panels: readonly Box[];
}

/** @param canvas React Flow's element */
export function screenOf(canvas: HTMLElement): Screen {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const panels = [...canvas.querySelectorAll('.react-flow__panel')].map((panel) => {
    const box = panel.getBoundingClientRect();
    return { left: box.left - left, top: box.top - top, width: box.width, height: box.height };
  });
  return { size: { width, height }, panels };
}
