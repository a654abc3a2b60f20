import type { LucideIcon } from 'lucide-react';
import styles from './Button.module.css';
import { useDisabled } from './use-disabled.ts';

interface Props {
  /** Name for assistive technology, and shown on hovering. */
  readonly label: string;
  readonly icon: LucideIcon;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** What is shown on hovering, where the name does not say enough. */
  readonly title?: string;
  readonly pressed?: boolean;
}

export function IconButton({ label, icon: Icon, onClick, disabled = false, title, pressed }: Props) {
  return (
    <button
      type="button"
      className={styles.icon}
      aria-label={label}
      title={title ?? label}
      aria-pressed={pressed}
      {...useDisabled(disabled, onClick)}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
}
