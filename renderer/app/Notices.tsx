import { CircleAlert, CircleCheck, TriangleAlert, X } from 'lucide-react';
import { IconButton } from '../ui/IconButton.tsx';
import { dismiss, type NoticeKind, useNotices } from '../ui/notices.ts';
import styles from './Notices.module.css';

const ICONS: { readonly [K in NoticeKind]: typeof CircleAlert } = {
  error: CircleAlert,
  warning: TriangleAlert,
  success: CircleCheck,
};

/** What went wrong, or is worth knowing; stays until it is closed. */
export function Notices() {
  const notices = useNotices((state) => state.notices);
  return (
    <div className={styles.notices}>
      {notices.map(({ id, kind, text }) => {
        const Icon = ICONS[kind];
        return (
          <div key={id} className={styles.notice} data-kind={kind} role="alert">
            <Icon size={17} aria-hidden="true" />
            <p>{text}</p>
            <IconButton label="Close this notice" icon={X} onClick={() => dismiss(id)} />
          </div>
        );
      })}
    </div>
  );
}
