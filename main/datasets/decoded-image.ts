/** A decoded image: red, green and blue bytes of each pixel, row by row. */
export interface DecodedImage {
  readonly height: number;
  readonly width: number;
  /** [H, W, 3] */
  readonly rgb: Uint8Array;
}
