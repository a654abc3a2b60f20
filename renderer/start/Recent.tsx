import { X } from 'lucide-react';
import { useState } from 'react';
import type { DesignEntry } from '#contract/app/index.ts';
import { useOpen } from '../app/use-open.ts';
import { Button } from '../ui/Button.tsx';
import { formatDate } from '../ui/date.ts';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './StartScreen.module.css';

/** Designs that are shown before somebody asks for more: the templates stay in sight. */
const FEW = 3;

/** The designs that were worked on, the latest first. */
export function Recent({
  entries,
  onForget,
}: {
  readonly entries: readonly DesignEntry[];
  readonly onForget: (id: string) => void;
}) {
  const open = useOpen();
  const [all, setAll] = useState(false);
  return (
    <section className={styles.family} aria-labelledby="recent">
      <h2 id="recent">Recent</h2>
      <ul className={styles.recent}>
        {entries.slice(0, all ? undefined : FEW).map(({ id, name, path, modified }) => (
          <li key={id}>
            <button type="button" className={styles.entry} onClick={() => open.recent(id)}>
              <strong>{name}</strong>
              <span title={path}>{path}</span>
              <time dateTime={new Date(modified).toISOString()}>{formatDate(modified)}</time>
            </button>
            <IconButton label={`Take ${name} off this list`} icon={X} onClick={() => onForget(id)} />
          </li>
        ))}
      </ul>
      {!all && entries.length > FEW && (
        <p className={styles.more}>
          <Button onClick={() => setAll(true)}>Show all {entries.length}</Button>
        </p>
      )}
    </section>
  );
}
