import { create } from 'zustand';

/** Text that a field refused. It is kept while the field is not on the page: its layer, or its tab, may be shown again. */
export interface Draft {
  readonly text: string;
  /** The value in force, as it was written then: a draft ends when that changes. */
  readonly inForce: string;
}

const useDrafts = create<{ readonly drafts: ReadonlyMap<string, Draft> }>()(() => ({ drafts: new Map() }));

/** Between the parts of a draft's key: what the field belongs to, its name, its part. No id or name of a layer holds it. */
const SEPARATOR = '/';

export function draftKey(...parts: readonly string[]): string {
  return parts.join(SEPARATOR);
}

export function useDraft(key: string): Draft | undefined {
  return useDrafts(({ drafts }) => drafts.get(key));
}

export function keepDraft(key: string, draft: Draft): void {
  useDrafts.setState(({ drafts }) => ({ drafts: new Map(drafts).set(key, draft) }));
}

export function dropDraft(key: string): void {
  dropDrafts((one) => one === key);
}

export function dropDrafts(isOver: (key: string) => boolean): void {
  const { drafts } = useDrafts.getState();
  const kept = [...drafts].filter(([key]) => !isOver(key));
  if (kept.length < drafts.size) useDrafts.setState({ drafts: new Map(kept) });
}

/** How many of these fields hold text that they refused. */
export function useDraftCount(fields: readonly string[]): number {
  return useDrafts(({ drafts }) => {
    if (drafts.size === 0) return 0;
    const isOf = (key: string) => fields.some((field) => key === field || key.startsWith(field + SEPARATOR));
    return [...drafts.keys()].filter(isOf).length;
  });
}
