import { create } from 'zustand';
import { DEFAULT_DIAGRAM, type DiagramOptions } from '#core/diagram/options.ts';

interface DiagramState {
  readonly open: boolean;
  /** As they were chosen last. */
  readonly options: DiagramOptions;
}

/** The dialog that exports the drawn network as a figure. */
export const useDiagram = create<DiagramState>()(() => ({ open: false, options: DEFAULT_DIAGRAM }));

export function openDiagramDialog(): void {
  useDiagram.setState({ open: true });
}

export function closeDiagramDialog(): void {
  useDiagram.setState({ open: false });
}

export function changeDiagram(changes: Partial<DiagramOptions>): void {
  useDiagram.setState(({ options }) => ({ options: { ...options, ...changes } }));
}
