import '@fontsource-variable/inter';
import './ui/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import { App } from './app/App.tsx';
import { Lost } from './app/Disconnected.tsx';
import { focusHome, standInForNode } from './canvas/focus-layer.ts';
import { connectMain } from './connection/main.ts';
import { DataClient } from './data/data-store.ts';
import { Autosave } from './document/file.ts';
import { Training } from './training/run-store.ts';
import { keepFocus } from './ui/focus-keeper.ts';

// Zod would otherwise try whether it may compile code, which the page's policy forbids.
config({ jitless: true });
keepFocus({ home: focusHome, standIn: standInForNode });

const root = createRoot(document.getElementById('root') as HTMLElement);

connectMain().then(
  (main) => {
    const session = {
      main,
      autosave: new Autosave(main),
      data: new DataClient(main),
      training: new Training(main),
    };
    root.render(
      <StrictMode>
        <App session={session} />
      </StrictMode>,
    );
  },
  (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const isWindow = window.location.protocol === 'app:';
    root.render(isWindow ? <NotConnected reason={reason} /> : <Lost reason={reason} isNew />);
  },
);

function NotConnected({ reason }: { readonly reason: string }) {
  return (
    <main className="not-connected">
      <h1>ConvCanvas is not running</h1>
      <p>{reason} Start it again.</p>
    </main>
  );
}
