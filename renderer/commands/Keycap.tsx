import styles from './Keycap.module.css';
import { isMac, type Keys, printKeys } from './keys.ts';

/** Keys as they are printed on this computer's keyboard. */
export function Keycap({ keys }: { readonly keys: Keys }) {
  return <kbd className={styles.key}>{printKeys(keys, isMac())}</kbd>;
}
