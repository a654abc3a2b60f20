import type { ReactNode } from 'react';
import type { FieldSpec, FieldSpecs, FieldValue } from '#core/layers/fields.ts';
import { keyOfField, useRefusedCount } from '../ui/refused-text.ts';
import { FieldControl } from './FieldControl.tsx';
import styles from './Fields.module.css';
import { type Change, common } from './values.ts';

interface Props {
  readonly specs: FieldSpecs;
  /** Fields to show, in this order; none: all. */
  readonly names?: readonly string[];
  /** What the fields belong to: refused text is kept for it. */
  readonly scope: string;
  /** The values of all that are set together; of one thing, mostly. */
  readonly values: readonly { readonly [name: string]: FieldValue }[];
  readonly onChange: (name: string, change: Change) => void;
  /** More to show in a section, below its fields. */
  readonly below?: { readonly [section: string]: ReactNode };
  /** Class of each group of fields. */
  readonly className?: string;
  /** More to show among the fields that are always in sight. */
  readonly children?: ReactNode;
}

interface NamedSpec {
  readonly name: string;
  readonly spec: FieldSpec;
}

/** A form made from field specs: fields that belong to no section, then the sections, folded up. */
export function Fields({
  specs,
  names = Object.keys(specs),
  scope,
  values,
  onChange,
  below = {},
  className,
  children,
}: Props) {
  const shown = names.flatMap((name) => {
    const spec = specs[name];
    return spec === undefined ? [] : [{ name, spec }];
  });
  const sections = [...new Set(shown.flatMap(({ spec }) => spec.section ?? []))];
  const valuesOf = ({ name, spec }: NamedSpec) => values.map((one) => one[name] ?? spec.default);
  const controls = (fields: readonly NamedSpec[]) =>
    fields.map((field) => (
      <FieldControl
        key={keyOfField(scope, field.name)}
        fieldKey={keyOfField(scope, field.name)}
        spec={field.spec}
        values={valuesOf(field)}
        onChange={(change) => onChange(field.name, change)}
        remember={() => {
          const before = valuesOf(field);
          return () => onChange(field.name, (own, i) => before[i] ?? own);
        }}
      />
    ));
  return (
    <>
      <div className={className}>
        {controls(shown.filter(({ spec }) => spec.section === undefined))}
        {children}
      </div>
      {sections.map((section) => {
        const fields = shown.filter(({ spec }) => spec.section === section);
        const changed = fields.filter((field) => common(valuesOf(field)) !== field.spec.default).length;
        return (
          <details key={section} className={styles.section}>
            <summary>
              {section}
              <Refused fields={fields.map(({ name }) => keyOfField(scope, name))} />
              <span>{changed === 0 ? '' : `${changed} set`}</span>
            </summary>
            <div className={className}>{controls(fields)}</div>
            {below[section]}
          </details>
        );
      })}
    </>
  );
}

/** In the line of a section, which may be folded up: that something typed in it was refused. */
function Refused({ fields }: { readonly fields: readonly string[] }) {
  const count = useRefusedCount(fields);
  return count === 0 ? null : <span className={styles.refused}>{count} refused</span>;
}
