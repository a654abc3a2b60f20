import { useEffect, useId, useRef } from 'react';
import type {
  ChoiceField,
  FieldSpec,
  FieldValue,
  FlagField,
  IntegerField,
  PaddingField,
  PerChannelField,
  RealField,
  SizeField,
  TextField,
} from '#core/layers/fields.ts';
import styles from '../ui/Field.module.css';
import { NumberInput } from '../ui/NumberInput.tsx';
import type { ChannelNumbers } from './channel-numbers.ts';
import { PerChannelInput } from './PerChannelInput.tsx';
import { SizeControl } from './SizeControl.tsx';
import { type Change, common } from './values.ts';

interface ControlProps<S extends FieldSpec> {
  readonly id: string;
  /** What the field refuses is kept under this key. */
  readonly fieldKey: string;
  readonly spec: S;
  /** The values of all that are set together; just one, mostly. */
  readonly values: readonly FieldValue[];
  /** The value that all of them have; undefined where they differ. */
  readonly value: FieldValue | undefined;
  readonly onChange: (change: Change) => void;
  readonly remember: () => () => void;
}

type Control<S extends FieldSpec> = (props: ControlProps<S>) => React.ReactElement;

const numberControl =
  (whole: boolean): Control<IntegerField | RealField> =>
  ({ id, fieldKey, spec, value, onChange, remember }) => (
    <NumberInput
      id={id}
      fieldKey={fieldKey}
      value={value === undefined ? undefined : Number(value)}
      min={spec.min}
      max={spec.max}
      whole={whole}
      describedBy={`${id}-help`}
      onChange={(to) => onChange(() => to)}
      remember={remember}
    />
  );

/** The control for each kind of field. Its label, limits and help come from the same spec as the file's schema. */
const CONTROLS: { readonly [T in FieldSpec['type']]: Control<Extract<FieldSpec, { readonly type: T }>> } = {
  text: ({ id, spec, value, onChange }: ControlProps<TextField>) => (
    <input
      id={id}
      className={styles.input}
      value={value === undefined ? '' : String(value)}
      placeholder={value === undefined ? DIFFERS : undefined}
      maxLength={spec.longest}
      onChange={({ target }) => onChange(() => target.value)}
    />
  ),
  integer: numberControl(true),
  real: numberControl(false),
  flag: ({ id, value, onChange }: ControlProps<FlagField>) => (
    <span className={styles.check}>
      <Checkbox
        id={id}
        checked={value === undefined ? undefined : value === true}
        onChange={(to) => onChange(() => to)}
      />
    </span>
  ),
  choice: ({ id, spec, value, onChange }: ControlProps<ChoiceField>) => (
    <select
      id={id}
      className={styles.input}
      value={value === undefined ? '' : String(value)}
      aria-describedby={`${id}-help`}
      onChange={({ target }) => onChange(() => target.value)}
    >
      {value === undefined && (
        <option value="" disabled hidden>
          {DIFFERS}
        </option>
      )}
      {Object.entries(spec.choices).map(([choice, text]) => (
        <option key={choice} value={choice}>
          {text}
        </option>
      ))}
    </select>
  ),
  size: ({ spec, ...props }: ControlProps<SizeField>) => (
    <SizeControl {...props} min={spec.min} max={spec.max} label={spec.label} />
  ),
  padding: ({ spec, values, onChange, ...props }: ControlProps<PaddingField>) => {
    const same = common(values.map((value) => value === 'same'));
    return (
      <>
        <SizeControl
          {...props}
          min={0}
          max={spec.max}
          label={spec.label}
          values={values}
          disabled={same === true}
          onChange={onChange}
        />
        {spec.allowSame && (
          // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is in it
          <label className={styles.check} title="As many zeros as keep ⌈N / S⌉ outputs">
            <Checkbox checked={same} onChange={(to) => onChange((own) => (to ? 'same' : own === 'same' ? 0 : own))} />
            same
          </label>
        )}
      </>
    );
  },
  perChannel: ({ value, onChange, ...props }: ControlProps<PerChannelField>) => (
    <PerChannelInput {...props} value={value as ChannelNumbers | undefined} onChange={(to) => onChange(() => to)} />
  ),
};

/** What stands where layers that are set together have different values. */
const DIFFERS = 'differs';

interface CheckboxProps {
  readonly id?: string;
  /** undefined: some are, some are not. */
  readonly checked: boolean | undefined;
  readonly onChange: (checked: boolean) => void;
}

function Checkbox({ id, checked, onChange }: CheckboxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = checked === undefined;
  }, [checked]);
  return (
    <input
      ref={box}
      id={id}
      type="checkbox"
      checked={checked === true}
      onChange={({ target }) => onChange(target.checked)}
    />
  );
}

/** A field with its label, its control and its help. */
export function FieldControl({
  spec,
  fieldKey,
  values,
  onChange,
  remember,
}: Pick<ControlProps<FieldSpec>, 'spec' | 'fieldKey' | 'values' | 'onChange' | 'remember'>) {
  const id = useId();
  const Control = CONTROLS[spec.type] as Control<FieldSpec>;
  const wide = spec.type === 'choice' || spec.type === 'perChannel';
  const value = common(values);
  return (
    <div className={wide ? `${styles.field} ${styles.wide}` : styles.field}>
      <label id={`${id}-label`} htmlFor={id} title={spec.help}>
        {spec.label}
        {value === undefined && <span className={styles.differs}>{DIFFERS}</span>}
      </label>
      <div className={styles.control}>
        <Control {...{ id, fieldKey, spec, values, value, onChange, remember }} />
      </div>
      <p id={`${id}-help`} className="visually-hidden">
        {spec.help}
      </p>
    </div>
  );
}
