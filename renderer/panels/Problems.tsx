import { CircleCheck, CircleX, Info } from 'lucide-react';
import { fitMessage } from '#core/fit.ts';
import { canvasLayer } from '#core/network/expand.ts';
import { select, useDocument } from '../document/store.ts';
import { Fixes } from '../problems/Fixes.tsx';
import styles from './Panels.module.css';

/** What stops training, each with its fixes; then what is worth knowing. */
export function Problems() {
  const report = useDocument((state) => state.report);
  const name = (id: string) => report.layers.get(id)?.layer.name ?? id;
  const floors = report.order.filter((id) => report.layers.get(id)?.fit?.status === 'floors');
  const empty = report.layers.size === 0;
  return (
    <div className={styles.scroll}>
      {report.problems.length === 0 && (
        <p className={styles.fine}>
          <CircleCheck size={16} aria-hidden="true" /> No problems: the network can be trained.
        </p>
      )}
      {empty && <p className={styles.hint}>The canvas is empty: start with INPUT, or take a template.</p>}
      {!empty && report.problems.length > 0 && (
        <ul className={styles.list} aria-label="Problems that stop training">
          {report.problems.map((problem) => {
            const { layer, message } = problem;
            return (
              <li key={`${layer} ${message}`} className={styles.item}>
                <CircleX size={16} aria-hidden="true" className={styles.bad} />
                <div>
                  {layer !== undefined && (
                    <button type="button" className={styles.link} onClick={() => select([layer])}>
                      {name(layer)}
                    </button>
                  )}
                  <span>{message}</span>
                </div>
                <span className={styles.fixes}>
                  <Fixes problem={problem} />
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {floors.length > 0 && (
        <ul className={styles.list} aria-label="Worth knowing">
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
