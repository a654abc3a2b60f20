import { useMemo, useState } from 'react';
import type { Fact } from '#core/lectures/fact.ts';
import { SECTIONS } from '#core/lectures/facts.ts';
import { Steps } from '../working/Steps.tsx';
import styles from './Lectures.module.css';
import { NetworkFact } from './NetworkFact.tsx';
import { WorkedConvolution } from './WorkedConvolution.tsx';
import { WorkedPooling } from './WorkedPooling.tsx';

/** Every number of the lectures, computed here, with its working; and where a slide is wrong. */
export function Lectures() {
  const sections = useMemo(() => SECTIONS.map(({ title, facts }) => ({ title, facts: facts() })), []);
  const [shown, setShown] = useState<Fact | undefined>(sections[0]?.facts[0]);
  return (
    <div className={styles.lectures}>
      <nav className={styles.list} aria-label="Facts of the lectures">
        {sections.map(({ title, facts }) => (
          <div key={title}>
            <h3>{title}</h3>
            <ul>
              {facts.map((fact) => (
                <li key={fact.id}>
                  <button
                    type="button"
                    aria-current={fact.id === shown?.id || undefined}
                    onClick={() => setShown(fact)}
                  >
                    <span>{fact.title}</span>
                    {fact.slides.length > 0 && (
                      <span className={styles.mark} title="A slide differs">
                        !
                      </span>
                    )}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      {shown !== undefined && (
        <section className={styles.fact} aria-label="Fact" key={shown.id}>
          <h3>
            {shown.title}
            {shown.lecture !== '' && <span>lecture {shown.lecture}</span>}
          </h3>
          <Body fact={shown} />
        </section>
      )}
    </div>
  );
}

function Body({ fact }: { readonly fact: Fact }) {
  const { slides } = fact;
  if (fact.type === 'working') return <Steps working={fact} />;
  return (
    <>
      <Steps working={{ steps: [], remarks: [], slides }} />
      {fact.type === 'convolution' && <WorkedConvolution example={fact.example} />}
      {fact.type === 'pooling' && <WorkedPooling example={fact.example} />}
      {fact.type === 'network' && <NetworkFact template={fact.template} />}
    </>
  );
}
