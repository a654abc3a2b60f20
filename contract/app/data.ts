/** Data sets. */
import { z } from 'zod';
import { call } from '../define.ts';
import { dataInfo, dataProgress, dataReference, path, samples, samplesRequest } from '../schemas.ts';

const id = z.string().min(1).max(100);

/** A data set that the user may choose: `location` is its folder, empty for the built-in one. */
const dataSet = z.object({ id, name: z.string(), location: z.string() });
export type DataSet = z.infer<typeof dataSet>;

export const dataCalls = {
  'data.list': call(z.strictObject({}), z.array(dataSet)),
  /** Adds a folder; without a path the user is asked for one (Electron only). */
  'data.add': call(z.strictObject({ path: path.optional() }), dataSet.nullable()),
  'data.describe': call(z.strictObject({ data: dataReference }), dataInfo),
  'data.forget': call(z.strictObject({ id }), z.void()),
  'data.samples': call(z.strictObject({ data: dataReference, ...samplesRequest.shape }), samples),
};

export const dataEvents = {
  /** How far the reading of a data set's images is; `id` is that of its entry. */
  'data.progress': z.object({ id, ...dataProgress.shape }),
};
