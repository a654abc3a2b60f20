/** Design files: the page names them by ids that main gave out, never by paths. */
import { z } from 'zod';
import { call } from '../define.ts';
import { designText } from '../schemas.ts';

const fileId = z.string().min(1).max(100);
const none = z.strictObject({});
const nothing = z.void();

export const designEntry = z.object({
  id: fileId,
  name: z.string(),
  path: z.string(),
  /** Milliseconds since 1970. */
  modified: z.number(),
});
export type DesignEntry = z.infer<typeof designEntry>;

/** A design as main has it on disk. `revision` changes with every write and guards against overwriting someone else's. */
const openedDesign = z.object({ ...designEntry.shape, text: z.string(), revision: z.string() });
export type OpenedDesign = z.infer<typeof openedDesign>;

export const designCalls = {
  'designs.recent': call(none, z.array(designEntry)),
  'designs.open': call(z.strictObject({ id: fileId }), openedDesign),
  /** A design on the list, without opening it: it becomes none of those used last. */
  'designs.read': call(z.strictObject({ id: fileId }), z.object({ text: z.string() })),
  /** Asks the user for a file (Electron only). */
  'designs.pick': call(none, openedDesign.nullable()),
  /** Saves a new design under a free name. */
  'designs.create': call(z.strictObject({ text: designText }), openedDesign),
  'designs.save': call(
    z.strictObject({ id: fileId, text: designText, revision: z.string().max(100) }),
    z.object({ revision: z.string() }),
  ),
  'designs.forget': call(z.strictObject({ id: fileId }), nothing),
  /** Opens a file that the desktop handed over (Electron): each once, for the first page that asks; null: none waits. */
  'designs.takeWaiting': call(none, openedDesign.nullable()),
};

export const designEvents = {
  /** The desktop handed a design over (Electron); designs.takeWaiting opens it. */
  'designs.waiting': z.object({}),
};
