import type { Problem } from '#core/network/problems.ts';

/**
 * Why no volume is shown.
 *
 * @param waitsFor name of the layer before it that has none; '' where there is no such layer
 */
export function unknownVolume(waitsFor: string, problem: Problem | undefined): string {
  if (problem?.code === 'not-connected') return 'not connected';
  return waitsFor === '' ? 'no volume' : `waits for ${waitsFor}`;
}
