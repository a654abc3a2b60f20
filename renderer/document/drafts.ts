import { createStore, del, entries, set } from 'idb-keyval';
import type { DesignId } from '#core/project/design.ts';

/** A design that could not be saved, as it was at last; kept in the browser's own storage. */
export interface Draft {
  readonly design: DesignId;
  readonly name: string;
  readonly text: string;
  /** The file that it belongs to, where it has one. */
  readonly file: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
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
  const all = await entries<DesignId, Draft>(store()).catch(() => []);
  return all.map(([, draft]) => draft).sort((a, b) => b.at - a.at);
}
