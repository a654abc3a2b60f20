import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useId, useLayoutEffect, useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useExport } from '../app/export.ts';
import { useData } from '../data/data-store.ts';
import { useDocument, useHistory } from '../document/store.ts';
import { shownRun, shownStatus, useRun } from '../training/run-store.ts';
import dialog from '../ui/Dialog.module.css';
import styles from './CommandPalette.module.css';
import { closeCommands, highlight, typeIntoPalette, useCommands } from './command-store.ts';
import type { Entry } from './entries.ts';
import { Keycap } from './Keycap.tsx';
import { findAll, findLayers } from './results.ts';
import type { Workplace } from './table.ts';

/** Results that are drawn; whoever has more of them types on. */
const MOST = 200;

const MODES = {
  all: { title: 'Find or do', label: 'Find a layer, or something to do', find: findAll },
  layers: { title: 'Find a layer', label: 'Find a layer', find: findLayers },
} as const;

interface Props {
  readonly workplace: Workplace;
  /** Whether the network is on the page, and not the start screen. */
  readonly onCanvas: boolean;
}

/** Finds layers, and does what buttons, menus and keys do, by its name. */
export function CommandPalette(props: Props) {
  const mode = useCommands((state) => state.open);
  return mode === 'all' || mode === 'layers' ? <OpenPalette {...props} mode={mode} /> : null;
}

function OpenPalette({ workplace, onCanvas, mode }: Props & { readonly mode: keyof typeof MODES }) {
  const id = useId();
  const { title, label, find } = MODES[mode];
  const typed = useCommands((state) => state.typed);
  const results = useResults(typed, onCanvas, find);
  const shown = results.slice(0, MOST);
  const at = Math.min(
    useCommands((state) => state.at),
    shown.length - 1,
  );
  const optionId = (i: number) => `${id}-${i}`;

  useLayoutEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, at]);

  const choose = (entry: Entry | undefined) => {
    if (entry === undefined || entry.obstacle !== undefined) return;
    entry.run(workplace);
    // It may have opened one of the others in the place of this one.
    if (useCommands.getState().open === mode) closeCommands();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const places: { readonly [key: string]: number } = {
      ArrowDown: (at + 1) % shown.length,
      ArrowUp: (at - 1 + shown.length) % shown.length,
      PageDown: Math.min(at + 10, shown.length - 1),
      PageUp: Math.max(at - 10, 0),
    };
    const place = places[event.key];
    if (place !== undefined && shown.length > 0) highlight(place);
    else if (event.key === 'Enter') choose(shown[at]);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog.Root open onOpenChange={(open) => !open && closeCommands()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={`${dialog.popup} ${styles.popup}`} finalFocus={false}>
          <Dialog.Title className="visually-hidden">{title}</Dialog.Title>
          <div className={styles.search}>
            <Search size={16} aria-hidden="true" />
            <input
              ref={takeFocus}
              role="combobox"
              aria-label={label}
              aria-expanded={shown.length > 0}
              aria-controls={`${id}-list`}
              aria-autocomplete="list"
              aria-activedescendant={shown.length > 0 ? optionId(at) : undefined}
              placeholder={label}
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={({ target }) => typeIntoPalette(target.value)}
              onKeyDown={onKeyDown}
            />
          </div>
          <div id={`${id}-list`} role="listbox" aria-label="Results" className={styles.list}>
            {shown.map((entry, i) => (
              <Option
                key={entry.id}
                id={optionId(i)}
                entry={entry}
                highlighted={i === at}
                onPoint={() => i !== at && highlight(i)}
                onChoose={() => choose(entry)}
              />
            ))}
          </div>
          <p className={styles.rest} aria-live="polite">
            {restOf(typed, results.length, onCanvas)}
          </p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** At once, and not when the dialog gets to it: letters that are typed meanwhile would go elsewhere. */
function takeFocus(input: HTMLInputElement | null): void {
  input?.focus();
}

/** What fits what was typed; found anew whenever something changes that could be among it, or be in its way. */
function useResults(typed: string, onCanvas: boolean, find: typeof findAll): readonly Entry[] {
  const document = useDocument();
  const run = useRun(useShallow((state) => ({ status: shownStatus(state), canResume: shownRun(state)?.canResume })));
  const data = useData(useShallow(({ info, fault }) => ({ info, fault })));
  const exporting = useExport((state) => state.busy);
  const past = useHistory((state) => state.pastStates);
  // biome-ignore lint/correctness/useExhaustiveDependencies: commands ask the stores of the last four themselves
  return useMemo(() => {
    const { design, report, selection } = document;
    return find(typed, { network: design.network, report, selection, onCanvas });
  }, [typed, onCanvas, find, document, run, data, exporting, past]);
}

/** What there is to say below the list. */
function restOf(typed: string, found: number, onCanvas: boolean): string {
  if (found > MOST) return `${found - MOST} more: type on to find them.`;
  if (found > 0) return typed === '' ? '' : `${found} found`;
  if (typed !== '') return 'Nothing is called that.';
  return onCanvas ? 'There is no layer yet.' : 'No network is shown: open one first.';
}

interface OptionProps {
  readonly id: string;
  readonly entry: Entry;
  readonly highlighted: boolean;
  readonly onPoint: () => void;
  readonly onChoose: () => void;
}

function Option({ id, entry, highlighted, onPoint, onChoose }: OptionProps) {
  const { label, detail, category, keys, obstacle } = entry;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the text field has the focus and listens for keys
    <div
      id={id}
      role="option"
      tabIndex={-1}
      className={styles.option}
      aria-selected={highlighted}
      aria-disabled={obstacle !== undefined}
      onPointerMove={onPoint}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
    >
      <span
        className={styles.tone}
        {...(category !== undefined && { style: { background: `var(--tone-${category})` } })}
      />
      <span className={styles.label}>{label}</span> <span className={styles.detail}>{detail}</span>
      {keys !== undefined && <Keycap keys={keys} />}
    </div>
  );
}
