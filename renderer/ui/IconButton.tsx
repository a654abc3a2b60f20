import type { LucideIcon } from 'lucide-react';
import styles from './Button.module.css';
import { useDisabled } from './use-disabled.ts';

interface Props {
  /** Name for assistive technology, and shown on hovering. */
  readonly label: string;
  readonly icon: LucideIcon;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
}

export function IconButton({ label, icon: Icon, onClick, disabled = false, pressed }: Props) {
  return (
    <button
      type="button"
      className={styles.icon}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      {...useDisabled(disabled, onClick)}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
}
