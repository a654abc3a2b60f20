import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import styles from './Dialog.module.css';
import { IconButton } from './IconButton.tsx';

type PopupProps = ComponentProps<typeof Dialog.Popup>;

interface Props extends Pick<PopupProps, 'initialFocus' | 'onKeyDown'> {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly className?: string | undefined;
  /** More buttons, before the one that closes. */
  readonly buttons?: ReactNode;
  readonly children: ReactNode;
}

/**
 * A dialog before the page, with its title and a button that closes it. It is open as long as it is drawn. Where the focus
 * goes then is for the focus keeper to find: what opened it may be gone.
 */
export function Modal({ title, onClose, className = '', buttons, children, ...popup }: Props) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={`${styles.popup} ${className}`} finalFocus={false} {...popup}>
          <div className={styles.head}>
            <Dialog.Title>{title}</Dialog.Title>
            <span>
              {buttons}
              <IconButton label="Close" icon={X} onClick={onClose} />
            </span>
          </div>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
