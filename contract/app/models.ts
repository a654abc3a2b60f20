/** Trained networks on their way out. */
import { z } from 'zod';
import { call } from '../define.ts';
import { dataReference, designText, exportReceipt, layerWeights, runId } from '../schemas.ts';

/** Which weights a design would be exported with. */
export const weightsSummary = z.object({
  /** The run whose weights they are; null where the design was never trained. */
  run: runId.nullable(),
  /** Steps that they were trained for. */
  steps: z.int().nonnegative(),
  layers: z.array(layerWeights),
  /** What else was changed in the network since it was trained, in sentences. */
  changes: z.array(z.string()),
});
export type WeightsSummary = z.infer<typeof weightsSummary>;

export const modelCalls = {
  /**
   * The weights that a design has: those of `run`, or of the latest run of the design that has some. Weights belong to
   * layers by id.
   */
  'models.weights': call(z.strictObject({ design: designText, run: runId.optional() }), weightsSummary),
  /**
   * Asks where to (Electron), or writes beside the designs and answers where to download it.
   *
   * @param run whose weights to take, as `models.weights` said; null: first weights
   */
  'models.export': call(
    z.strictObject({ design: designText, data: dataReference.optional(), run: runId.nullable() }),
    z.object({ receipt: exportReceipt, download: z.string().nullable() }).nullable(),
  ),
};
