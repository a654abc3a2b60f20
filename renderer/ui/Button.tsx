import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './Button.module.css';
import { useDisabled } from './use-disabled.ts';

interface Props {
  readonly children: ReactNode;
  readonly onClick: () => void;
  readonly icon?: LucideIcon;
  readonly kind?: 'plain' | 'primary' | 'danger';
  readonly disabled?: boolean;
  readonly title?: string;
}

export function Button({ children, onClick, icon: Icon, kind = 'plain', disabled = false, title }: Props) {
  return (
    <button type="button" className={styles.button} data-kind={kind} {...useDisabled(disabled, onClick)} title={title}>
      {Icon !== undefined && <Icon size={15} aria-hidden="true" />}
      {children}
    </button>
  );
}
