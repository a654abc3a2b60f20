import { useTrainedElsewhere } from '../training/obstacle.ts';
import styles from './Pictures.module.css';

/** Says whose pictures these are, where another design is on the canvas. */
export function Origin() {
  const trained = useTrainedElsewhere();
  return trained === undefined ? null : (
    <p className={styles.origin}>These are pictures of {trained}, which was trained last.</p>
  );
}
