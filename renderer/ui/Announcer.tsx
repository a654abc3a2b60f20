import { useAnnouncement } from './announce.ts';

/** Where announcements are read from. It has to be on the page before the first one is made. */
export function Announcer() {
  const { text, count } = useAnnouncement();
  return (
    <p className="visually-hidden" aria-live="polite" data-testid="announcement">
      {text}
      {/* The same words twice would be no change, and not be read again. */}
      {count % 2 === 1 && '\u00a0'}
    </p>
  );
}
