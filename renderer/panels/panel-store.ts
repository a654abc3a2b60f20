import { create } from 'zustand';

export const PANELS = ['problems', 'ledger', 'training', 'filters', 'activations', 'lectures'] as const;
export type PanelName = (typeof PANELS)[number];

export const PANEL_TITLES: { readonly [P in PanelName]: string } = {
  problems: 'Problems',
  ledger: 'Ledger',
  training: 'Training',
  filters: 'Filters',
  activations: 'Activations',
  lectures: 'Lectures',
};

interface PanelState {
  readonly shown: PanelName;
  /** Height in pixels of the panel at the bottom. */
  readonly height: number;
  readonly collapsed: boolean;
}

/** Height to begin with: a third of a small window, and no more than a large one needs. */
const FIRST_HEIGHT = Math.round(Math.min(300, Math.max(200, window.innerHeight * 0.34)));

export const usePanels = create<PanelState>()(() => ({ shown: 'problems', height: FIRST_HEIGHT, collapsed: false }));

export function togglePanel(): void {
  usePanels.setState(({ collapsed }) => ({ collapsed: !collapsed }));
}

export function showPanel(shown: PanelName): void {
  usePanels.setState({ shown, collapsed: false });
}
