import { TriangleAlert } from 'lucide-react';
import type { Working } from '#core/working/working.ts';
import styles from './Working.module.css';

/** Formula, values and result of each step; then what is worth knowing, and where a slide differs. */
export function Steps({ working }: { readonly working: Pick<Working, 'steps' | 'remarks' | 'slides'> }) {
  const { steps, remarks, slides } = working;
  return (
    <>
      {steps.length > 0 && (
        <dl className={styles.steps}>
          {steps.map(({ formula, values, result }) => (
            <div key={`${formula} ${values}`}>
              <dt>{formula}</dt>
              <dd>
                {values !== '' && values !== result && `${values} `}
                <strong>{values !== '' && values !== result ? `= ${result}` : result}</strong>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {remarks.map((text) => (
        <p key={text} className={styles.remark}>
          {text}
        </p>
      ))}
      {slides.map((text) => (
        <p key={text} className={styles.slide}>
          <TriangleAlert size={15} aria-hidden="true" />
          <span>
            <strong>A slide differs. </strong>
            {text}
          </span>
        </p>
      ))}
    </>
  );
}
