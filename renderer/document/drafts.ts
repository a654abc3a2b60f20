import { createStore, del, entries, set } from 'idb-keyval';
import { z } from 'zod';
import type { DesignId } from '#core/project/design.ts';

/** The last millisecond that a date can name. */
const MAX_TIME = 8.64e15;

const draftSchema = z.object({
  design: z.string(),
  name: z.string(),
  text: z.string(),
  /** The file that it belongs to, where it has one. */
  file: z.string().or(z.undefined()),
  /** Milliseconds since 1970. */
  at: z.number().min(-MAX_TIME).max(MAX_TIME),
});

/** A design that could not be saved, as it was at last; kept in the browser's own storage. */
export type Draft = Readonly<z.infer<typeof draftSchema>>;

/** What the browser kept, if it is a draft: another version may have kept something else. */
export function draftFrom(value: unknown): Draft | undefined {
  return draftSchema.safeParse(value).data;
}

/** Opened when it is first needed: a page without storage of its own works all the same. */
let opened: ReturnType<typeof createStore> | undefined;

function store() {
  opened ??= createStore('convcanvas', 'drafts');
  return opened;
}

/** Keeps a draft in place of the one before of the same design. */
export async function keepDraft(draft: Draft): Promise<void> {
  await set(draft.design, draft, store());
}

export async function dropDraft(design: DesignId): Promise<void> {
  await del(design, store());
}

/** The drafts that are kept, the latest first; none where the browser keeps nothing for this page. */
export async function listDrafts(): Promise<readonly Draft[]> {
  const all = await entries<DesignId, unknown>(store()).catch(() => []);
  return all.flatMap(([, value]) => draftFrom(value) ?? []).sort((a, b) => b.at - a.at);
}
