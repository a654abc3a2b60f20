import { Scaling } from 'lucide-react';
import type { FieldValue } from '#core/layers/fields.ts';
import styles from '../ui/Field.module.css';
import { NumberInput } from '../ui/NumberInput.tsx';
import { keyOfField } from '../ui/refused-text.ts';
import { type Change, common } from './values.ts';

interface Props {
  readonly id: string;
  readonly fieldKey: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** The values of all that are set together; just one, mostly. */
  readonly values: readonly FieldValue[];
  readonly disabled?: boolean;
  readonly onChange: (change: Change) => void;
  readonly remember: () => () => void;
}

const SIDES = ['height', 'width'] as const;

/** One number for a square; two, height and width, on demand. Where all have two, each side may differ by itself. */
export function SizeControl({ id, fieldKey, label, min, max, values, disabled = false, onChange, remember }: Props) {
  const limits = { min, max, whole: true, disabled, remember };
  const arePairs = values.every((value) => typeof value === 'object');
  const sizes = values.map(sizeOf);
  const square = common(values);
  const setSide = (side: 0 | 1, to: number) =>
    onChange((own) => {
      const [height, width] = sizeOf(own);
      return side === 0 ? [to, width] : [height, to];
    });
  return (
    <>
      {arePairs ? (
        <div className={styles.pair}>
          {SIDES.map((name, side) => (
            <span key={name}>
              {name === 'height' && (
                <label className="visually-hidden" htmlFor={`${id}-h`}>
                  {label}, height
                </label>
              )}
              <NumberInput
                id={name === 'height' ? `${id}-h` : id}
                fieldKey={keyOfField(fieldKey, name)}
                value={common(sizes.map((size) => size[side as 0 | 1]))}
                {...limits}
                onChange={(to) => setSide(side as 0 | 1, to)}
              />
            </span>
          ))}
        </div>
      ) : (
        <NumberInput
          id={id}
          fieldKey={fieldKey}
          value={disabled ? 0 : typeof square === 'number' ? square : undefined}
          {...limits}
          describedBy={`${id}-help`}
          onChange={(to) => onChange(() => to)}
        />
      )}
      <button
        type="button"
        className={styles.toggle}
        aria-label="Separate height and width"
        aria-describedby={`${id}-label`}
        aria-pressed={arePairs}
        title="Separate height and width"
        disabled={disabled}
        onClick={() => onChange((own) => (arePairs ? sizeOf(own)[1] : sizeOf(own)))}
      >
        <Scaling size={14} aria-hidden="true" />
      </button>
    </>
  );
}

/** Height and width; none for `same`. */
function sizeOf(value: FieldValue): readonly [height: number, width: number] {
  if (typeof value === 'object') return [value[0] ?? 0, value[1] ?? 0];
  return typeof value === 'number' ? [value, value] : [0, 0];
}
