import { ReactFlowProvider } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Canvas } from '../canvas/Canvas.tsx';
import { useCanvasActions } from '../canvas/use-canvas-actions.ts';
import { CompareDialog } from '../compare/CompareDialog.tsx';
import { MainProvider } from '../connection/context.ts';
import type { Main } from '../connection/main.ts';
import { DiagramDialog } from '../diagram/DiagramDialog.tsx';
import { type Autosave, useFile } from '../document/file.ts';
import { redo, undo } from '../document/store.ts';
import { LayerSettings } from '../inspector/LayerSettings.tsx';
import { SideTabs } from '../outline/SideTabs.tsx';
import { BottomPanel } from '../panels/BottomPanel.tsx';
import { usePanels } from '../panels/panel-store.ts';
import { StartScreen } from '../start/StartScreen.tsx';
import { TrainingProvider } from '../training/context.ts';
import type { Training } from '../training/run-store.ts';
import { attempt } from '../ui/notices.ts';
import { WorkingPopover } from '../working/WorkingPopover.tsx';
import styles from './App.module.css';
import { createOpen } from './create-open.ts';
import { Disconnected } from './Disconnected.tsx';
import { ExportReceipt } from './ExportReceipt.tsx';
import { exportOnnx } from './export.ts';
import { Notices } from './Notices.tsx';
import { useShell } from './shell.ts';
import { Toolbar } from './Toolbar.tsx';
import { OpenProvider } from './use-open.ts';
import { type Actions, useShortcuts } from './use-shortcuts.ts';

/** What lives as long as the connection to main; made once, outside React, since it listens to main. */
export interface Session {
  readonly main: Main;
  readonly autosave: Autosave;
  readonly training: Training;
}

/** The whole app, once the page is connected to main. */
export function App({ session }: { readonly session: Session }) {
  return (
    <MainProvider value={session.main}>
      <TrainingProvider value={session.training}>
        <ReactFlowProvider>
          <Shell session={session} />
        </ReactFlowProvider>
      </TrainingProvider>
    </MainProvider>
  );
}

function Shell({ session }: { readonly session: Session }) {
  const { main, autosave, training } = session;
  const canvas = useCanvasActions();
  const [starting, setStarting] = useState(true);
  const isOpen = useFile((state) => state.open);
  const shown = useCallback(() => {
    setStarting(false);
    requestAnimationFrame(canvas.arrive);
  }, [canvas]);
  const open = useMemo(() => createOpen(main, autosave, shown), [main, autosave, shown]);

  // Once: the page catches up with main.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void attempt(async () => {
      useShell.setState(await main.call('app.describe', {}));
      await autosave.reopen();
      if (useFile.getState().open) shown();
      open.waiting();
      await training.begin();
    });
  }, [main, autosave, training, shown, open]);

  useEffect(() => main.on('designs.waiting', open.waiting), [main, open]);

  const actions = useMemo(
    () => ({
      fit: canvas.fit,
      save: () => void autosave.flush(),
      exportModel: () => void exportOnnx(main),
      start: () => setStarting(true),
      open: open.ask,
    }),
    [canvas, autosave, open, main],
  );
  useShortcuts(actions);
  useMenu(main, actions);

  return (
    <OpenProvider value={open}>
      {starting ? (
        <StartScreen {...(isOpen && { onClose: () => setStarting(false) })} />
      ) : (
        <Workspace onTemplates={() => setStarting(true)} />
      )}
      <ExportReceipt />
      <Disconnected main={main} />
      <Notices />
    </OpenProvider>
  );
}

/** Electron's menu: the same commands as the buttons and keys. */
function useMenu(main: Main, actions: Actions): void {
  useEffect(
    () =>
      main.on('menu.command', ({ command }) => {
        const commands: { readonly [C in typeof command]: () => void } = {
          new: actions.start,
          open: actions.open,
          export: actions.exportModel,
          undo,
          redo,
          fit: actions.fit,
        };
        commands[command]();
      }),
    [main, actions],
  );
}

function Workspace({ onTemplates }: { readonly onTemplates: () => void }) {
  const { height, collapsed } = usePanels();
  return (
    <main
      className={styles.workspace}
      style={{ gridTemplateRows: `46px minmax(0, 1fr) ${collapsed ? 'auto' : `${height}px`}` }}
    >
      <h1 className="visually-hidden">ConvCanvas</h1>
      <Toolbar onTemplates={onTemplates} />
      <SideTabs />
      <Canvas />
      <LayerSettings />
      <div className={styles.bottom}>
        <BottomPanel />
      </div>
      <WorkingPopover />
      <DiagramDialog />
      <CompareDialog />
    </main>
  );
}
