import { FolderPlus } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { formatWhole } from '#core/format.ts';
import { formatVolume } from '#core/shape.ts';
import { useShell } from '../app/shell.ts';
import { useDataClient } from '../data/context.ts';
import { useData } from '../data/data-store.ts';
import { Fixes } from '../problems/Fixes.tsx';
import { Button } from '../ui/Button.tsx';
import fieldStyles from '../ui/Field.module.css';
import { NumberInput } from '../ui/NumberInput.tsx';
import { attempt } from '../ui/notices.ts';
import { focusRefused } from '../ui/refused.ts';
import { keyOfField } from '../ui/refused-text.ts';
import { useTrainingProblems } from './problems.ts';
import styles from './Training.module.css';

const ADD = 'add';

/** The data set to train on: a choice that belongs to the design. */
export function DataChooser() {
  const id = useId();
  const client = useDataClient();
  const shell = useShell((state) => state.shell);
  const sets = useData((state) => state.sets);
  const reference = useData((state) => state.reference);
  const info = useData((state) => state.info);
  const fault = useData((state) => state.fault);
  const [asking, setAsking] = useState(false);
  const isKnown = sets.some((set) => set.id === reference.id);
  const choose = (value: string) => {
    if (value !== ADD) client.choose(value);
    else if (shell === 'electron') void attempt(() => client.add());
    else setAsking(true);
  };
  return (
    <div className={`${fieldStyles.field} ${fieldStyles.wide}`}>
      <label htmlFor={id}>Data set</label>
      <select
        id={id}
        className={fieldStyles.input}
        value={reference.id}
        onChange={({ target }) => choose(target.value)}
      >
        {!isKnown && (
          <option value={reference.id} disabled>
            {reference.name} – not on this computer
          </option>
        )}
        {sets.map((set) => (
          <option key={set.id} value={set.id} title={set.location}>
            {set.location === '' ? set.name : `${set.name} (${set.location})`}
          </option>
        ))}
        <option value={ADD}>Add a folder…</option>
      </select>
      {asking && <PathForm onDone={() => setAsking(false)} />}
      {info !== undefined && (
        <p className={fieldStyles.note}>
          {formatWhole(info.train.end - info.train.begin)} images to train on,{' '}
          {formatWhole(info.validate.end - info.validate.begin)} held back; {formatVolume(info.shape)},{' '}
          {info.classNames.length} {info.classNames.length === 1 ? 'class' : 'classes'}.
        </p>
      )}
      {info?.resizable === true && <ImageSizeField key={reference.id} data={reference.id} side={info.shape[1]} />}
      {info === undefined && fault === '' && <Reading />}
      {fault !== '' && <p className={fieldStyles.fault}>{fault}</p>}
      <Misfits />
    </div>
  );
}

/** How far the reading of a folder of images is. */
function Reading() {
  const progress = useData((state) => state.progress);
  const how = progress === undefined ? '' : ` ${formatWhole(progress.done)} of ${formatWhole(progress.total)}`;
  return (
    <p className={fieldStyles.note} aria-live="polite">
      Reading the images…{how}
    </p>
  );
}

/** What the images of a folder are resized to. */
function ImageSizeField({ data, side }: { readonly data: string; readonly side: number }) {
  const id = useId();
  const client = useDataClient();
  const [wanted, setWanted] = useState(side);
  const form = useRef<HTMLFormElement>(null);
  const resize = () => {
    if (!focusRefused(form.current)) client.resize(wanted);
  };
  return (
    <form
      ref={form}
      className={styles.folder}
      onSubmit={(event) => {
        event.preventDefault();
        resize();
      }}
    >
      <label htmlFor={id} title="Height and width that every image is scaled and cut to">
        Picture size
      </label>
      <NumberInput
        id={id}
        fieldKey={keyOfField('image-size', data)}
        value={wanted}
        min={1}
        max={1024}
        whole
        onChange={setWanted}
      />
      {wanted !== side && <Button onClick={resize}>Resize</Button>}
    </form>
  );
}

/** Asks for a folder's path: a page cannot see the disk, main can. */
function PathForm({ onDone }: { readonly onDone: () => void }) {
  const id = useId();
  const client = useDataClient();
  const [path, setPath] = useState('');
  const [fault, setFault] = useState('');
  const add = () => {
    client.add(path.trim()).then(onDone, (error: unknown) => {
      setFault(error instanceof Error ? error.message : String(error));
    });
  };
  return (
    <form
      className={styles.path}
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <label htmlFor={id}>Folder on this computer</label>
      <input
        id={id}
        className={fieldStyles.input}
        value={path}
        placeholder="/home/me/pictures"
        spellCheck={false}
        // biome-ignore lint/a11y/noAutofocus: the user has just asked for this field
        autoFocus
        onChange={({ target }) => setPath(target.value)}
      />
      <p className={fieldStyles.note}>
        A folder of JPEG or PNG files for each class (or train and test with such folders), or MNIST’s IDX files.
      </p>
      {fault !== '' && <p className={fieldStyles.fault}>{fault}</p>}
      <div className={styles.buttons}>
        <Button icon={FolderPlus} onClick={add} disabled={path.trim() === ''}>
          Add
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}

/** Where network, settings and data set do not go together: what to do, one click away. */
function Misfits() {
  const { all } = useTrainingProblems();
  return all.map((problem) => (
    <div key={problem.message} className={styles.mismatch} data-severity={problem.severity}>
      <p>{problem.message}</p>
      <Fixes problem={problem} />
    </div>
  ));
}
