import { FolderOpen } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { FAMILIES, TEMPLATES } from '#core/templates/index.ts';
import { useMain } from '../connection/context.ts';
import { useFile } from '../document/file.ts';
import { Button } from '../ui/Button.tsx';
import { formatDate } from '../ui/date.ts';
import fields from '../ui/Field.module.css';
import { attempt } from '../ui/notices.ts';
import { DESIGN_FILES, pickText } from '../ui/pick-text.ts';
import styles from './Compare.module.css';
import { compareWith, type Source, useCompare } from './compare-store.ts';

interface Choice {
  /** Tells it from the other choices. */
  readonly value: string;
  readonly text: string;
  readonly source: Source;
}

interface Group {
  readonly title: string;
  readonly choices: readonly Choice[];
}

const OPENED: Group = {
  title: 'This design',
  choices: [
    {
      value: 'opened',
      text: 'As it was when opened',
      source: { type: 'opened', label: 'The design as opened' },
    },
  ],
};

const TEMPLATE_GROUPS: readonly Group[] = FAMILIES.map((family) => ({
  title: `Templates: ${family}`,
  choices: TEMPLATES.filter((template) => template.family === family).map(({ id, title }) => ({
    value: `template ${id}`,
    text: title,
    source: { type: 'template', id, label: title },
  })),
}));

/** Designs used lately, but for the one that is open: its file holds what is on the canvas. */
function useRecent(): Group {
  const main = useMain();
  const current = useFile((state) => state.file?.id);
  const [choices, setChoices] = useState<readonly Choice[]>([]);
  useEffect(() => {
    let shown = true;
    void attempt(async () => {
      const entries = await main.call('designs.recent', {});
      if (!shown) return;
      const others = entries.filter(({ id }) => id !== current);
      setChoices(
        others.map(({ id, name, modified }) => ({
          value: `recent ${id}`,
          text: `${name}, ${formatDate(modified)}`,
          source: { type: 'recent', id, label: name },
        })),
      );
    });
    return () => {
      shown = false;
    };
  }, [main, current]);
  return { title: 'Recent designs', choices };
}

/** The file that was picked, which can be chosen again only while it is. */
function fileGroup(source: Source | undefined): readonly Group[] {
  if (source?.type !== 'file') return [];
  return [{ title: 'File', choices: [{ value: 'file', text: source.label, source }] }];
}

function isSource(a: Source, b: Source): boolean {
  if (a.type !== b.type) return false;
  return !('id' in a && 'id' in b) || a.id === b.id;
}

/** Asks what to compare the design with: itself as it was, a design used lately, a template, a file. */
export function SourceChooser() {
  const id = useId();
  const main = useMain();
  const source = useCompare((state) => state.source);
  const recent = useRecent();
  const groups = [OPENED, ...fileGroup(source), recent, ...TEMPLATE_GROUPS];
  const choices = groups.flatMap((group) => group.choices);
  const chosen = choices.find((choice) => source !== undefined && isSource(choice.source, source));
  const choose = (value: string) => {
    const choice = choices.find((one) => one.value === value);
    if (choice !== undefined) void compareWith(main, choice.source);
  };
  const pick = async () => {
    const file = await pickText(DESIGN_FILES);
    if (file !== undefined) await compareWith(main, { type: 'file', label: file.name, text: file.text });
  };
  return (
    <div className={styles.chooser}>
      <label htmlFor={id}>Compare this design with</label>
      <select
        id={id}
        className={fields.input}
        value={chosen?.value ?? ''}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="" disabled>
          Choose a design…
        </option>
        {groups
          .filter((group) => group.choices.length > 0)
          .map((group) => (
            <optgroup key={group.title} label={group.title}>
              {group.choices.map(({ value, text }) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </optgroup>
          ))}
      </select>
      <Button icon={FolderOpen} onClick={() => void attempt(pick)}>
        A file…
      </Button>
    </div>
  );
}
