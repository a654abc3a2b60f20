import { create } from 'zustand';

/** What was said last to those who hear the page, and how often something was said. */
export const useAnnouncement = create<{ readonly text: string; readonly count: number }>()(() => ({
  text: '',
  count: 0,
}));

/** Tells people who use a screen reader what came of what they did. */
export function announce(text: string): void {
  useAnnouncement.setState(({ count }) => ({ text, count: count + 1 }));
}
