import { FilePlus2, FolderOpen, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { DesignEntry } from '#contract/app.ts';
import { blankDesign, TEMPLATES } from '#core/templates/index.ts';
import { DEFAULT_PATTERN, patternDesign } from '#core/templates/pattern.ts';
import icon from '../../assets/icon.svg';
import { useShell } from '../app/shell.ts';
import { useOpen } from '../app/use-open.ts';
import { useMain } from '../connection/context.ts';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { attempt } from '../ui/notices.ts';
import { NetworkPicture } from './NetworkPicture.tsx';
import { PatternDialog } from './PatternDialog.tsx';
import styles from './StartScreen.module.css';

const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Where a design comes from: a template, a blank canvas, a file, or one used lately. */
export function StartScreen({ onClose }: { readonly onClose?: () => void }) {
  const open = useOpen();
  const heading = useRef<HTMLHeadingElement>(null);
  const templates = useMemo(() => TEMPLATES.map((template) => ({ ...template, design: template.create() })), []);
  const pattern = useMemo(() => patternDesign(DEFAULT_PATTERN), []);
  const [asking, setAsking] = useState(false);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main className={styles.start}>
      <div className={styles.inner}>
        <header className={styles.head}>
          <img src={icon} alt="" width={44} height={44} />
          <div>
            <h1 ref={heading} tabIndex={-1}>
              ConvCanvas
            </h1>
            <p>Draw a convolutional network, train it on this computer, watch it learn.</p>
          </div>
          {onClose !== undefined && <IconButton label="Back to the canvas" icon={X} onClick={onClose} />}
        </header>
        <h2>Start from</h2>
        <div className={styles.cards}>
          {templates.map(({ id, title, summary, design, create }) => (
            <button key={id} type="button" className={styles.card} onClick={() => open.fresh(create())}>
              <NetworkPicture design={design} />
              <strong>
                {title} <code>{id}</code>
              </strong>
              <span>{summary}</span>
            </button>
          ))}
          <button type="button" className={styles.card} onClick={() => setAsking(true)}>
            <NetworkPicture design={pattern} />
            <strong>Pattern</strong>
            <span>[(CONV-RELU)*N-POOL?]*M-(FC-RELU)*K-SOFTMAX, with your N, M and K.</span>
          </button>
          <button type="button" className={styles.card} onClick={() => open.fresh(blankDesign())}>
            <span className={styles.blank}>
              <FilePlus2 size={28} aria-hidden="true" />
            </span>
            <strong>Blank</strong>
            <span>An empty canvas.</span>
          </button>
        </div>
        <Recent />
      </div>
      {asking && <PatternDialog onCreate={open.fresh} onClose={() => setAsking(false)} />}
    </main>
  );
}

function Recent() {
  const main = useMain();
  const open = useOpen();
  const folder = useShell((state) => state.designsFolder);
  const [entries, setEntries] = useState<readonly DesignEntry[]>();
  useEffect(() => {
    void attempt(() => main.call('designs.recent', {})).then(setEntries);
  }, [main]);
  const forget = (id: string) => {
    void attempt(() => main.call('designs.forget', { id }));
    setEntries((shown) => shown?.filter((entry) => entry.id !== id));
  };
  return (
    <>
      <div className={styles.row}>
        <h2>Recent</h2>
        <Button icon={FolderOpen} onClick={open.ask}>
          Open a file…
        </Button>
      </div>
      {entries?.length === 0 && (
        <p className={styles.hint}>Designs you change are saved by themselves in {folder}, and listed here.</p>
      )}
      <ul className={styles.recent}>
        {entries?.map(({ id, name, path, modified }) => (
          <li key={id}>
            <button type="button" className={styles.entry} onClick={() => open.recent(id)}>
              <strong>{name}</strong>
              <span title={path}>{path}</span>
              <time dateTime={new Date(modified).toISOString()}>{DATE.format(modified)}</time>
            </button>
            <IconButton label={`Take ${name} off this list`} icon={X} onClick={() => forget(id)} />
          </li>
        ))}
      </ul>
    </>
  );
}
