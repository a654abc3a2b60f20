import { useEffect, useRef, useState } from 'react';
import type { Main } from '../connection/main.ts';
import { keepAsking, type Reconnecting } from '../connection/reconnect.ts';
import { Button } from '../ui/Button.tsx';
import styles from './App.module.css';
import { useShell } from './shell.ts';

/** Covers the page when main is gone: nothing would be saved any more. It goes on as soon as main is there again. */
export function Disconnected({ main }: { readonly main: Main }) {
  const [reason, setReason] = useState<string>();
  useEffect(() => main.onClose(setReason), [main]);
  return reason === undefined ? null : <Lost reason={reason} />;
}

/** Says that main is gone, and looks for it; `reason` is a sentence, `isNew` a page that was never connected. */
export function Lost({ reason, isNew = false }: { readonly reason: string; readonly isNew?: boolean }) {
  const [state, setState] = useState<Reconnecting>({ answer: undefined, pause: undefined });
  const tryNow = useRef<() => void>(undefined);
  const dialog = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const asking = keepAsking(setState, () => window.location.reload(), undefined, isNew);
    tryNow.current = asking.now;
    return asking.stop;
  }, [isNew]);
  useEffect(() => dialog.current?.querySelector('button')?.focus(), []);
  return (
    <div
      ref={dialog}
      className={styles.lost}
      role="alertdialog"
      aria-labelledby="lost-title"
      aria-describedby="lost-why"
    >
      <div>
        <h2 id="lost-title">{isNew ? 'ConvCanvas cannot be reached' : 'The connection is gone'}</h2>
        <p id="lost-why">
          {reason} What was saved is safe. <WhatToDo answer={state.answer} />
        </p>
        <p role="status">
          {state.pause === undefined ? 'Looking for ConvCanvas …' : `Looking again in ${state.pause} s.`}
        </p>
        <Button kind="primary" onClick={() => tryNow.current?.()}>
          Look now
        </Button>
      </div>
    </div>
  );
}

function WhatToDo({ answer }: { readonly answer: Reconnecting['answer'] }) {
  const inBrowser = useShell(({ shell }) => shell) === 'browser';
  if (answer === 'other') {
    return 'What runs at this address now does not know this page: open the address that ConvCanvas printed when it was started.';
  }
  return inBrowser
    ? 'Start ConvCanvas again (npm start, or convcanvas serve): this page then goes on by itself.'
    : 'Start ConvCanvas again.';
}
