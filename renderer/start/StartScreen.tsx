import { FilePlus2, FolderOpen, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { DesignEntry } from '#contract/app/index.ts';
import type { Network } from '#core/network/network.ts';
import { blankDesign, FAMILIES, TEMPLATES } from '#core/templates/index.ts';
import { DEFAULT_PATTERN, patternDesign } from '#core/templates/pattern.ts';
import icon from '../../assets/icon.svg';
import { useShell } from '../app/shell.ts';
import { useOpen } from '../app/use-open.ts';
import { toggleCommands } from '../commands/command-store.ts';
import { useMain } from '../connection/context.ts';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { attempt } from '../ui/notices.ts';
import { NetworkPicture } from './NetworkPicture.tsx';
import { type Picture, pictureOf } from './network-picture.ts';
import { PatternDialog } from './PatternDialog.tsx';
import { Recent } from './Recent.tsx';
import styles from './StartScreen.module.css';
import { useLate } from './use-late.ts';

/** A picture that is made when it is first asked for, and kept. */
function madeOnce(network: () => Network): () => Picture {
  let made: Picture | undefined;
  return () => {
    made ??= pictureOf(network());
    return made;
  };
}

const PICTURED = TEMPLATES.map((template) => ({
  ...template,
  picture: madeOnce(() => template.create().network),
}));
const patternPicture = madeOnce(() => patternDesign(DEFAULT_PATTERN).network);

/** Where a design comes from: a template, a blank canvas, a file, or one used lately. */
export function StartScreen({ onClose }: { readonly onClose?: () => void }) {
  const open = useOpen();
  const heading = useRef<HTMLHeadingElement>(null);
  const [asking, setAsking] = useState(false);
  const main = useMain();
  const folder = useShell((state) => state.designsFolder);
  const [entries, setEntries] = useState<readonly DesignEntry[]>();
  useEffect(() => {
    void attempt(() => main.call('designs.recent', {})).then(setEntries);
  }, [main]);
  const forget = (id: string) => {
    void attempt(() => main.call('designs.forget', { id }));
    setEntries((shown) => shown?.filter((entry) => entry.id !== id));
  };
  useEffect(() => heading.current?.focus(), []);
  return (
    <main tabIndex={-1} className={styles.start}>
      <div className={styles.inner}>
        <header className={styles.head}>
          <img src={icon} alt="" width={44} height={44} />
          <div>
            <h1 ref={heading} tabIndex={-1}>
              ConvCanvas
            </h1>
            <p>Draw a convolutional network, train it on this computer, watch it learn.</p>
          </div>
          <Button icon={FolderOpen} onClick={open.ask}>
            Open a file…
          </Button>
          {onClose !== undefined && <IconButton label="Back to the canvas" icon={X} onClick={onClose} />}
        </header>
        {entries !== undefined && entries.length > 0 && <Recent entries={entries} onForget={forget} />}
        {FAMILIES.map((family, i) => (
          <section key={family} className={styles.family} aria-labelledby={`family-${i}`}>
            <h2 id={`family-${i}`}>{family}</h2>
            <div className={styles.cards}>
              {PICTURED.filter((template) => template.family === family).map(
                ({ id, title, summary, create, picture }) => (
                  <Card
                    key={id}
                    title={title}
                    id={id}
                    summary={summary}
                    picture={<LatePicture compute={picture} />}
                    onClick={() => open.fresh(create())}
                  />
                ),
              )}
              {family === FAMILIES[0] && (
                <>
                  <Card
                    title="Pattern"
                    summary="[(CONV-RELU)*N-POOL?]*M-(FC-RELU)*K-SOFTMAX, with your N, M and K."
                    picture={<LatePicture compute={patternPicture} />}
                    onClick={() => setAsking(true)}
                  />
                  <Card
                    title="Blank"
                    summary="An empty canvas."
                    picture={
                      <span className={styles.blank}>
                        <FilePlus2 size={28} aria-hidden="true" />
                      </span>
                    }
                    onClick={() => open.fresh(blankDesign())}
                  />
                </>
              )}
            </div>
          </section>
        ))}
        {entries?.length === 0 && (
          <p className={styles.hint}>Designs you change are saved by themselves in {folder}, and listed here.</p>
        )}
        <footer className={styles.foot}>
          <button type="button" onClick={() => toggleCommands('about')}>
            About ConvCanvas
          </button>
        </footer>
      </div>
      {asking && <PatternDialog onCreate={open.fresh} onClose={() => setAsking(false)} />}
    </main>
  );
}

interface CardProps {
  readonly title: string;
  /** As the command line names it. */
  readonly id?: string;
  readonly summary: string;
  readonly picture: ReactNode;
  readonly onClick: () => void;
}

function Card({ title, id, summary, picture, onClick }: CardProps) {
  return (
    <button type="button" className={styles.card} onClick={onClick}>
      {picture}
      <strong>
        {title} {id !== undefined && <code>{id}</code>}
      </strong>
      <span>{summary}</span>
    </button>
  );
}

/** The page does not wait for its pictures. */
function LatePicture({ compute }: { readonly compute: () => Picture }) {
  return <NetworkPicture picture={useLate(compute)} />;
}
