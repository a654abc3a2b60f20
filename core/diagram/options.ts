/** What can be chosen of a diagram, with the words that the app and the command line use. */
export const DIAGRAM_CHOICES = {
  style: { layers: 'Layers', volumes: 'Volumes' },
  theme: { light: 'Light', dark: 'Dark' },
  direction: { horizontal: 'Horizontal', vertical: 'Vertical' },
  blocks: { collapsed: 'Collapsed', expanded: 'Expanded', once: 'First of each' },
} as const;

export interface DiagramOptions {
  /** A box for each layer, or each volume as a solid drawn to scale. */
  readonly style: keyof typeof DIAGRAM_CHOICES.style;
  readonly theme: keyof typeof DIAGRAM_CHOICES.theme;
  readonly direction: keyof typeof DIAGRAM_CHOICES.direction;
  /** What is drawn of blocks: a box, their layers in a frame, or the layers of the first of each and boxes for its like. */
  readonly blocks: keyof typeof DIAGRAM_CHOICES.blocks;
  /** Whether RELU, BATCH NORM, DROPOUT and their like are drawn with the layer that they follow. */
  readonly fold: boolean;
  /** Whether a long network is broken into several rows (or columns), to fit on a page. */
  readonly wrap: boolean;
}

export const DEFAULT_DIAGRAM: DiagramOptions = {
  style: 'layers',
  theme: 'light',
  direction: 'horizontal',
  blocks: 'collapsed',
  fold: true,
  wrap: true,
};
