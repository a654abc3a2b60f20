import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { fitMessage } from '#core/fit.ts';
import { canvasLayer } from '#core/network/expand.ts';
import type { Problem } from '#core/network/problems.ts';
import { select, useDocument } from '../document/store.ts';
import { Fixes } from '../problems/Fixes.tsx';
import { useObstacle } from '../training/obstacle.ts';
import { useTrainingProblems } from '../training/problems.ts';
import styles from './Panels.module.css';

/** What stops training, each with its fixes; then what is worth knowing. */
export function Problems() {
  const report = useDocument((state) => state.report);
  const { listed } = useTrainingProblems();
  const problems = [...report.problems, ...listed.filter(({ severity }) => severity === 'error')];
  const warnings = listed.filter(({ severity }) => severity === 'warning');
  const name = (id: string) => report.layers.get(id)?.layer.name ?? id;
  const floors = report.order.filter((id) => report.layers.get(id)?.fit?.status === 'floors');
  const empty = report.layers.size === 0;
  // A data set that is still to be chosen is asked for beside Train, not listed here.
  const trainable = useObstacle() === undefined;
  return (
    <div className={styles.scroll}>
      {problems.length === 0 && (
        <p className={styles.fine}>
          <CircleCheck size={16} aria-hidden="true" />{' '}
          {warnings.length === 0
            ? `No problems${trainable ? ': the network can be trained' : ' in the network'}.`
            : 'Nothing stops training, but something else may be meant:'}
        </p>
      )}
      {empty && <p className={styles.hint}>The canvas is empty: start with INPUT, or take a template.</p>}
      {!empty && problems.length > 0 && (
        <ul className={styles.list} aria-label="Problems that stop training">
          {problems.map((problem) => (
            <ProblemItem
              key={`${problem.layer} ${problem.message}`}
              problem={problem}
              icon={<CircleX size={16} aria-hidden="true" className={styles.bad} />}
            />
          ))}
        </ul>
      )}
      {(warnings.length > 0 || floors.length > 0) && (
        <ul className={styles.list} aria-label="Worth knowing">
          {warnings.map((problem) => (
            <ProblemItem
              key={problem.message}
              problem={problem}
              icon={<TriangleAlert size={16} aria-hidden="true" className={styles.caution} />}
            />
          ))}
          {floors.map((id) => {
            const fit = report.layers.get(id)?.fit;
            return (
              <li key={id} className={styles.item}>
                <Info size={16} aria-hidden="true" className={styles.note} />
                <div>
                  <button type="button" className={styles.link} onClick={() => select([canvasLayer(id)])}>
                    {name(id)}
                  </button>
                  <span>{fit === undefined ? '' : fitMessage(fit)}</span>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

/** A problem with its layer, its sentence and its fixes. */
function ProblemItem({ problem, icon }: { readonly problem: Problem; readonly icon: ReactNode }) {
  const { layer, message } = problem;
  const name = useDocument(({ report }) => report.layers.get(layer ?? '')?.layer.name ?? layer);
  return (
    <li className={styles.item}>
      {icon}
      <div>
        {layer !== undefined && (
          <button type="button" className={styles.link} onClick={() => select([layer])}>
            {name}
          </button>
        )}
        <span>{message}</span>
      </div>
      <span className={styles.fixes}>
        <Fixes problem={problem} />
      </span>
    </li>
  );
}
