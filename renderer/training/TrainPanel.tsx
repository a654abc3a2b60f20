import { useId } from 'react';
import { DEVICES, type DeviceChoice } from '#contract/schemas.ts';
import { TRAINING_FIELDS, type TrainingSettings } from '#core/training/settings.ts';
import { setTraining, useDocument } from '../document/store.ts';
import { Fields } from '../inspector/Fields.tsx';
import fieldStyles from '../ui/Field.module.css';
import { AugmentationPreview } from './AugmentationPreview.tsx';
import { DataChooser } from './DataChooser.tsx';
import { RecipeField } from './RecipeField.tsx';
import { RunsButton } from './RunsDialog.tsx';
import { relevantSettings } from './relevant.ts';
import { shownRun, shownStatus, useRun } from './run-store.ts';
import { SchedulePreview } from './SchedulePreview.tsx';
import { Progress } from './StatusLine.tsx';
import styles from './Training.module.css';

const DEVICE_NAMES: { readonly [D in DeviceChoice]: string } = {
  auto: 'Automatic: the fastest that can be trusted',
  cpu: 'CPU',
  webgpu: 'GPU (WebGPU)',
  dml: 'GPU (DirectML)',
  cuda: 'GPU (CUDA)',
  tensorflow: 'TensorFlow',
};

/** How to train: data, settings, device; and how far it is. */
export function TrainPanel() {
  const settings = useDocument((state) => state.design.training);
  return (
    <div className={styles.panel}>
      <Progress />
      <Message />
      <PlanNote />
      <RunsButton />
      <DataChooser />
      <RecipeField />
      <Fields
        specs={TRAINING_FIELDS}
        names={relevantSettings(settings)}
        scope="training"
        values={[settings]}
        onChange={(name, change) => setTraining({ [name]: change(settings[name as keyof TrainingSettings], 0) })}
        className={styles.fields ?? ''}
        below={{ Augmentation: <AugmentationPreview settings={settings} /> }}
      >
        {(settings.schedule !== 'constant' || settings.warmupEpochs > 0) && <SchedulePreview settings={settings} />}
        <DeviceField />
      </Fields>
    </div>
  );
}

/** What the toolbar has no room for: why a run failed or ended early, and what to do. */
function Message() {
  const message = useRun((state) => shownRun(state)?.message ?? '');
  const status = useRun(shownStatus);
  if (message === '') return null;
  return (
    <p className={styles.message} data-status={status}>
      {message}
    </p>
  );
}

function PlanNote() {
  const plan = useRun((state) => state.plan);
  if (plan === undefined) return null;
  return (
    <p className={styles.note}>
      {plan.design} on {plan.data}, device {plan.device}
      {plan.deviceNote !== '' && ` (${plan.deviceNote})`}.
    </p>
  );
}

function DeviceField() {
  const id = useId();
  const device = useRun((state) => state.device);
  const devices = useRun((state) => state.devices);
  const cannot = (choice: DeviceChoice) => devices.some((one) => one.id === choice && !one.available);
  // What this machine cannot have is not offered; a GPU that was not found is, with the reason.
  const offered = DEVICES.filter((choice) => choice === device || choice === 'webgpu' || !cannot(choice));
  const note = devices.find((one) => one.id === device)?.note;
  return (
    <div className={`${fieldStyles.field} ${styles.whole}`}>
      <label htmlFor={id}>Device</label>
      <select
        id={id}
        className={fieldStyles.input}
        value={device}
        onChange={({ target }) => useRun.setState({ device: target.value as DeviceChoice })}
      >
        {offered.map((choice) => (
          <option key={choice} value={choice} disabled={cannot(choice)}>
            {DEVICE_NAMES[choice]}
            {cannot(choice) ? ' – not found here' : ''}
          </option>
        ))}
      </select>
      {note !== undefined && <p className={fieldStyles.note}>{note}</p>}
    </div>
  );
}
