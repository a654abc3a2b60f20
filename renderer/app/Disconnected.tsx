import { useEffect, useRef, useState } from 'react';
import type { Main } from '../connection/main.ts';
import { Button } from '../ui/Button.tsx';
import styles from './App.module.css';

/** Covers the page when main is gone: nothing would be saved any more. */
export function Disconnected({ main }: { readonly main: Main }) {
  const [reason, setReason] = useState<string>();
  useEffect(() => main.onClose(setReason), [main]);
  const dialog = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (reason !== undefined) dialog.current?.querySelector('button')?.focus();
  }, [reason]);
  if (reason === undefined) return null;
  return (
    <div ref={dialog} className={styles.lost} role="alertdialog" aria-labelledby="lost-title">
      <div>
        <h2 id="lost-title">The connection is gone</h2>
        <p>
          {reason} What was saved is safe. Start ConvCanvas again, then open the address that it prints; if it still
          runs, reconnect.
        </p>
        <Button kind="primary" onClick={() => window.location.reload()}>
          Reconnect
        </Button>
      </div>
    </div>
  );
}
