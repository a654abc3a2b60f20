/** Distances of a layout, in pixels. */
export interface Spacing {
  /** From an item to where a link that leaves it may turn; from where one may turn that enters it, with its arrow. */
  readonly exit: number;
  readonly entry: number;
  /** Between an item and a link that passes it; no more than `exit` and `entry`. */
  readonly clear: number;
  /** Between upright parts of links of different volumes; level parts keep as much and room for their text. */
  readonly track: number;
  /** Between rows of items; between a row that only links pass and others. */
  readonly row: number;
  readonly lane: number;
  /** Between the bands of a layout that is broken like lines of text. */
  readonly band: number;
  /** Least distance between columns. */
  readonly column: number;
  /** Places of items are whole multiples of this. */
  readonly grid: number;
  /** What a link's ends keep free of its text: where it leaves an item; its arrow. */
  readonly tail: number;
  readonly head: number;
}

/** Room that the text of a link takes: along its line, above it and below it. */
export interface LabelRoom {
  readonly width: number;
  readonly above: number;
  readonly below: number;
}

export const NO_LABEL: LabelRoom = { width: 0, above: 0, below: 0 };
