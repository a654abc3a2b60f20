import { create } from 'zustand';

export type NoticeKind = 'error' | 'warning' | 'success';

export interface Notice {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly text: string;
}

const MOST = 4;

export const useNotices = create<{ readonly notices: readonly Notice[] }>()(() => ({ notices: [] }));

let lastId = 0;

/** Tells the user something that stays until they close it. */
export function notify(kind: NoticeKind, text: string): void {
  lastId += 1;
  const notice = { id: lastId, kind, text };
  useNotices.setState(({ notices }) => ({
    notices: [...notices.filter((other) => other.text !== text), notice].slice(-MOST),
  }));
}

export function dismiss(id: number): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Runs something that main may refuse; its reason becomes a notice. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    notify('error', error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
