import type { Size } from './dimensions.ts';

/** What is beside the canvas, and above and below it, in a window in which nothing was moved yet. */
const BESIDE = 456;
const ABOVE_AND_BELOW = 0.34;
const BAR = 46;
const LEAST: Size = { width: 400, height: 240 };
/** Where there is no window. */
const USUAL: Size = { width: 824, height: 430 };

/** The size of the canvas in pixels; where it is not shown yet, that which it will have in this window. */
export function canvasSize(): Size {
  if (typeof window === 'undefined') return USUAL;
  const canvas = document.querySelector('.react-flow')?.getBoundingClientRect();
  if (canvas !== undefined && canvas.width > 0) return { width: canvas.width, height: canvas.height };
  const { innerWidth, innerHeight } = window;
  return {
    width: Math.max(LEAST.width, innerWidth - BESIDE),
    height: Math.max(LEAST.height, innerHeight * (1 - ABOVE_AND_BELOW) - BAR),
  };
}
