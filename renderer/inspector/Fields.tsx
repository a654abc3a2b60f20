import type { ReactNode } from 'react';
import type { FieldSpec, FieldSpecs, FieldValue } from '#core/layers/fields.ts';
import { FieldControl } from './FieldControl.tsx';
import styles from './Fields.module.css';

interface Props {
  readonly specs: FieldSpecs;
  /** Fields to show, in this order; none: all. */
  readonly names?: readonly string[];
  readonly values: { readonly [name: string]: FieldValue };
  readonly onChange: (fields: { readonly [name: string]: FieldValue }) => void;
  /** Fields whose values differ among the layers that are set together. */
  readonly mixed?: ReadonlySet<string>;
  /** More to show in a section, below its fields. */
  readonly below?: { readonly [section: string]: ReactNode };
  /** Class of each group of fields. */
  readonly className?: string;
  /** More to show among the fields that are always in sight. */
  readonly children?: ReactNode;
}

/** A form made from field specs: fields that belong to no section, then the sections, folded up. */
export function Fields({
  specs,
  names = Object.keys(specs),
  values,
  onChange,
  mixed,
  below = {},
  className,
  children,
}: Props) {
  const shown = names.flatMap((name) => {
    const spec = specs[name];
    return spec === undefined ? [] : [{ name, spec }];
  });
  const sections = [...new Set(shown.flatMap(({ spec }) => spec.section ?? []))];
  const controls = (fields: readonly { readonly name: string; readonly spec: FieldSpec }[]) =>
    fields.map(({ name, spec }) => (
      <FieldControl
        key={name}
        spec={spec}
        value={values[name] ?? spec.default}
        differs={mixed?.has(name) === true}
        onChange={(value) => onChange({ [name]: value })}
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
        const changed = fields.filter(({ name, spec }) => (values[name] ?? spec.default) !== spec.default).length;
        return (
          <details key={section} className={styles.section}>
            <summary>
              {section}
              <span>{changed === 0 ? '' : changed === 1 ? '1 set' : `${changed} set`}</span>
            </summary>
            <div className={className}>{controls(fields)}</div>
            {below[section]}
          </details>
        );
      })}
    </>
  );
}
