import { create } from 'zustand';

export type Side = 'layers' | 'outline';

/** Which tab of the column on the left is shown; it stays so while the start screen is open. */
export const useSide = create<{ readonly shown: Side }>()(() => ({ shown: 'layers' }));

export function showSide(shown: Side): void {
  useSide.setState({ shown });
}
