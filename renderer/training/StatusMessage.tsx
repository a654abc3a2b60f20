import { Popover } from '@base-ui/react/popover';
import styles from './StatusMessage.module.css';

interface Props {
  /** What the button says: "Why?" */
  readonly label: string;
  readonly message: string;
}

/** All of a message that the toolbar has no room for: it wraps, and can be marked and copied. */
export function StatusMessage({ label, message }: Props) {
  return (
    <Popover.Root>
      <Popover.Trigger className={styles.button ?? ''}>{label}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} collisionPadding={10} className={styles.positioner ?? ''}>
          <Popover.Popup className={styles.popup ?? ''} aria-label="Message of the training">
            <p>{message}</p>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
