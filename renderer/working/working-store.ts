import { create } from 'zustand';
import type { LayerId } from '#core/network/network.ts';
import type { Quantity, Total } from '#core/working/working.ts';

/** The number whose working is shown: one of a layer, or a sum over the network. */
export type Subject =
  | { readonly layer: LayerId; readonly quantity: Quantity }
  | { readonly layer?: undefined; readonly total: Total };

interface WorkingState {
  readonly subject: Subject | undefined;
  /** What was clicked: the working is shown beside it. */
  readonly anchor: Element | null;
}

export const useWorking = create<WorkingState>()(() => ({ subject: undefined, anchor: null }));

export function showWorking(subject: Subject, anchor: Element): void {
  useWorking.setState({ subject, anchor });
}

export function hideWorking(): void {
  useWorking.setState({ subject: undefined });
}
