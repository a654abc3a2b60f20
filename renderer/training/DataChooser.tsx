import { FolderPlus } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { formatWhole } from '#core/format.ts';
import { canvasLayer } from '#core/network/expand.ts';
import type { LayerId } from '#core/network/network.ts';
import { elements, formatVolume } from '#core/shape.ts';
import { useShell } from '../app/shell.ts';
import { edit, useDocument } from '../document/store.ts';
import { Button } from '../ui/Button.tsx';
import { draftKey } from '../ui/drafts.ts';
import fieldStyles from '../ui/Field.module.css';
import { NumberInput } from '../ui/NumberInput.tsx';
import { attempt } from '../ui/notices.ts';
import { focusRefused } from '../ui/refused.ts';
import { useTraining } from './context.ts';
import { useRun } from './run-store.ts';
import styles from './Training.module.css';

const ADD = 'add';

/** The data set to train on. */
export function DataChooser() {
  const id = useId();
  const training = useTraining();
  const shell = useShell((state) => state.shell);
  const dataSets = useRun((state) => state.dataSets);
  const data = useRun((state) => state.data);
  const info = useRun((state) => state.dataInfo);
  const fault = useRun((state) => state.dataFault);
  const [asking, setAsking] = useState(false);
  const choose = (value: string) => {
    if (value !== ADD) void training.chooseData(value);
    else if (shell === 'electron') void attempt(() => training.addData());
    else setAsking(true);
  };
  return (
    <div className={`${fieldStyles.field} ${fieldStyles.wide}`}>
      <label htmlFor={id}>Data set</label>
      <select id={id} className={fieldStyles.input} value={data} onChange={({ target }) => choose(target.value)}>
        {dataSets.map((set) => (
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
          {info.classNames.length} classes.
        </p>
      )}
      {info?.resizable === true && <ImageSizeField key={data} side={info.shape[1]} />}
      {info === undefined && fault === '' && <Reading />}
      {fault !== '' && <p className={fieldStyles.fault}>{fault}</p>}
      <Mismatch />
    </div>
  );
}

/** How far the reading of a folder of pictures is. */
function Reading() {
  const progress = useRun((state) => state.dataProgress);
  const how = progress === undefined ? '' : ` ${formatWhole(progress.done)} of ${formatWhole(progress.total)}`;
  return (
    <p className={fieldStyles.note} aria-live="polite">
      Reading the pictures…{how}
    </p>
  );
}

/** What the pictures of a folder are brought to. */
function ImageSizeField({ side }: { readonly side: number }) {
  const id = useId();
  const training = useTraining();
  const data = useRun((state) => state.data);
  const [wanted, setWanted] = useState(side);
  const form = useRef<HTMLFormElement>(null);
  const resize = () => {
    if (!focusRefused(form.current)) void attempt(() => training.resizeData(data, wanted));
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
      <label htmlFor={id} title="Height and width that every picture is scaled and cut to">
        Picture size
      </label>
      <NumberInput
        id={id}
        draft={draftKey('image-size', data)}
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
  const training = useTraining();
  const [path, setPath] = useState('');
  const [fault, setFault] = useState('');
  const add = () => {
    training.addData(path.trim()).then(onDone, (error: unknown) => {
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

/** Where network and data set do not go together: what to do, one click away. */
function Mismatch() {
  const info = useRun((state) => state.dataInfo);
  const report = useDocument((state) => state.report);
  const input = report.layers.get(report.input ?? '');
  const output = report.layers.get(report.output ?? '');
  if (info === undefined || input?.shape === undefined) return null;
  const [channels, height, width] = info.shape;
  const classes = info.classNames.length;
  const wrongSize = input.shape.join() !== info.shape.join();
  const fewOutputs = output?.shape !== undefined && elements(output.shape) < classes;
  const lastDense = fewOutputs ? findLastDense() : undefined;
  return (
    <>
      {wrongSize && (
        <div className={styles.mismatch}>
          <p>
            INPUT is {formatVolume(input.shape)}, the pictures are {formatVolume(info.shape)}.
          </p>
          <Button
            onClick={() => edit({ type: 'set-fields', layer: input.layer.id, fields: { channels, height, width } })}
          >
            Set INPUT to {formatVolume(info.shape)}
          </Button>
        </div>
      )}
      {fewOutputs && (
        <div className={styles.mismatch}>
          <p>
            The data set has {classes} classes, the network {elements(output.shape ?? [])} outputs.
          </p>
          {lastDense !== undefined && (
            <Button onClick={() => edit({ type: 'set-fields', layer: lastDense, fields: { units: classes } })}>
              Give {lastDense} {classes} units
            </Button>
          )}
        </div>
      )}
    </>
  );
}

/** The last FC before the output. */
function findLastDense(): LayerId | undefined {
  const { report } = useDocument.getState();
  const last = report.order.findLast((id) => report.layers.get(id)?.layer.kind === 'Dense');
  // A layer in a block cannot be set from outside.
  return last !== undefined && canvasLayer(last) === last ? last : undefined;
}
