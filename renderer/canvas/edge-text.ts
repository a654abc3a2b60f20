import type { LabelRoom } from '#core/layout/spacing.ts';
import { type Shape, volumeText } from '#core/shape.ts';
import { textWidth } from '#core/typeface/measure.ts';
import { EDGE_TEXT, EDGE_TEXT_HEIGHT } from './dimensions.ts';

/** Room on a connection for its volume. */
export function labelRoom(shape: Shape | undefined): LabelRoom {
  const half = EDGE_TEXT_HEIGHT / 2;
  return { width: textWidth(volumeText(shape), EDGE_TEXT) + 4, above: half, below: half };
}
