import { Scaling } from 'lucide-react';
import { useId } from 'react';
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
import { pair, type Size } from '#core/shape.ts';
import styles from '../ui/Field.module.css';
import { NumberInput } from '../ui/NumberInput.tsx';
import { PerChannelInput } from './PerChannelInput.tsx';

interface ControlProps<S extends FieldSpec> {
  readonly id: string;
  readonly spec: S;
  readonly value: FieldValue;
  readonly onChange: (value: FieldValue) => void;
}

type Control<S extends FieldSpec> = (props: ControlProps<S>) => React.ReactElement;

/** The control for each kind of field. Its label, limits and help come from the same spec as the file's schema. */
const CONTROLS: { readonly [T in FieldSpec['type']]: Control<Extract<FieldSpec, { readonly type: T }>> } = {
  text: ({ id, spec, value, onChange }: ControlProps<TextField>) => (
    <input
      id={id}
      className={styles.input}
      value={String(value)}
      maxLength={spec.longest}
      onChange={({ target }) => onChange(target.value)}
    />
  ),
  integer: ({ id, spec, value, onChange }: ControlProps<IntegerField>) => (
    <NumberInput
      id={id}
      value={Number(value)}
      min={spec.min}
      max={spec.max}
      whole
      describedBy={`${id}-help`}
      onChange={onChange}
    />
  ),
  real: ({ id, spec, value, onChange }: ControlProps<RealField>) => (
    <NumberInput
      id={id}
      value={Number(value)}
      min={spec.min}
      max={spec.max}
      whole={false}
      describedBy={`${id}-help`}
      onChange={onChange}
    />
  ),
  flag: ({ id, value, onChange }: ControlProps<FlagField>) => (
    <span className={styles.check}>
      <input id={id} type="checkbox" checked={value === true} onChange={({ target }) => onChange(target.checked)} />
    </span>
  ),
  choice: ({ id, spec, value, onChange }: ControlProps<ChoiceField>) => (
    <select
      id={id}
      className={styles.input}
      value={String(value)}
      aria-describedby={`${id}-help`}
      onChange={({ target }) => onChange(target.value)}
    >
      {Object.entries(spec.choices).map(([choice, text]) => (
        <option key={choice} value={choice}>
          {text}
        </option>
      ))}
    </select>
  ),
  size: ({ id, spec, value, onChange }: ControlProps<SizeField>) => (
    <SizeControl id={id} min={spec.min} max={spec.max} label={spec.label} value={value as Size} onChange={onChange} />
  ),
  padding: ({ id, spec, value, onChange }: ControlProps<PaddingField>) => {
    const same = value === 'same';
    return (
      <>
        <SizeControl
          id={id}
          min={0}
          max={spec.max}
          label={spec.label}
          value={same ? 0 : (value as Size)}
          disabled={same}
          onChange={onChange}
        />
        {spec.allowSame && (
          <label className={styles.check} title="As many zeros as keep ⌈N / S⌉ outputs">
            <input type="checkbox" checked={same} onChange={({ target }) => onChange(target.checked ? 'same' : 0)} />
            same
          </label>
        )}
      </>
    );
  },
  perChannel: ({ id, spec, value, onChange }: ControlProps<PerChannelField>) => (
    <PerChannelInput id={id} spec={spec} value={value as number | readonly number[]} onChange={onChange} />
  ),
};

interface SizeProps {
  readonly id: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly value: Size;
  readonly disabled?: boolean;
  readonly onChange: (value: FieldValue) => void;
}

/** One number for a square; two, height and width, on demand. */
function SizeControl({ id, label, min, max, value, disabled = false, onChange }: SizeProps) {
  const isPair = typeof value !== 'number';
  const [height, width] = pair(value);
  const limits = { min, max, whole: true, disabled };
  return (
    <>
      {isPair ? (
        <div className={styles.pair}>
          <span>
            <label className="visually-hidden" htmlFor={`${id}-h`}>
              {label}, height
            </label>
            <NumberInput id={`${id}-h`} value={height} {...limits} onChange={(h) => onChange([h, width])} />
          </span>
          <NumberInput id={id} value={width} {...limits} onChange={(w) => onChange([height, w])} />
        </div>
      ) : (
        <NumberInput id={id} value={height} {...limits} describedBy={`${id}-help`} onChange={onChange} />
      )}
      <button
        type="button"
        className={styles.toggle}
        aria-label="Separate height and width"
        aria-describedby={`${id}-label`}
        aria-pressed={isPair}
        title="Separate height and width"
        disabled={disabled}
        onClick={() => onChange(isPair ? width : [height, width])}
      >
        <Scaling size={14} aria-hidden="true" />
      </button>
    </>
  );
}

/** A field with its label, its control and its help. */
export function FieldControl({
  spec,
  value,
  differs = false,
  onChange,
}: {
  readonly spec: FieldSpec;
  readonly value: FieldValue;
  /** Whether other layers that are set together have other values. */
  readonly differs?: boolean;
  readonly onChange: (value: FieldValue) => void;
}) {
  const id = useId();
  const Control = CONTROLS[spec.type] as Control<FieldSpec>;
  const wide = spec.type === 'choice' || spec.type === 'perChannel';
  return (
    <div className={wide ? `${styles.field} ${styles.wide}` : styles.field}>
      <label id={`${id}-label`} htmlFor={id} title={spec.help}>
        {spec.label}
        {differs && <span className={styles.differs}>differs</span>}
      </label>
      <div className={styles.control}>
        <Control id={id} spec={spec} value={value} onChange={onChange} />
      </div>
      <p id={`${id}-help`} className="visually-hidden">
        {spec.help}
      </p>
    </div>
  );
}
