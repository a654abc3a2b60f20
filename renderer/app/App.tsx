import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { AboutDialog } from '../about/AboutDialog.tsx';
import { Canvas } from '../canvas/Canvas.tsx';
import { CanvasProvider } from '../canvas/CanvasProvider.tsx';
import { useCanvasActions } from '../canvas/use-canvas-actions.ts';
import { CommandPalette } from '../commands/CommandPalette.tsx';
import { ShortcutsDialog } from '../commands/ShortcutsDialog.tsx';
import { runCommand, type Workplace } from '../commands/table.ts';
import { CompareDialog } from '../compare/CompareDialog.tsx';
import { MainProvider } from '../connection/context.ts';
import type { Main } from '../connection/main.ts';
import { DataProvider } from '../data/context.ts';
import type { DataClient } from '../data/data-store.ts';
import { DiagramDialog } from '../diagram/DiagramDialog.tsx';
import { type Autosave, useFile } from '../document/file.ts';
import { LayerSettings } from '../inspector/LayerSettings.tsx';
import { SideTabs } from '../outline/SideTabs.tsx';
import { BottomPanel } from '../panels/BottomPanel.tsx';
import { usePanels } from '../panels/panel-store.ts';
import { StartScreen } from '../start/StartScreen.tsx';
import { TrainingProvider } from '../training/context.ts';
import { RunsDialog } from '../training/RunsDialog.tsx';
import type { Training } from '../training/run-store.ts';
import { TrainProvider, train } from '../training/train.ts';
import { attempt } from '../ui/notices.ts';
import { WorkingPopover } from '../working/WorkingPopover.tsx';
import styles from './App.module.css';
import { createOpen } from './create-open.ts';
import { Disconnected } from './Disconnected.tsx';
import { DraftsDialog } from './DraftsDialog.tsx';
import { ExportDialog } from './ExportDialog.tsx';
import { ExportReceipt } from './ExportReceipt.tsx';
import { Notices } from './Notices.tsx';
import { useShell } from './shell.ts';
import { Toolbar } from './Toolbar.tsx';
import { UnsavedDialog } from './UnsavedDialog.tsx';
import { OpenProvider } from './use-open.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** What lives as long as the connection to main; made once, outside React, since it listens to main. */
export interface Session {
  readonly main: Main;
  readonly autosave: Autosave;
  readonly data: DataClient;
  readonly training: Training;
}

/** The whole app, once the page is connected to main. */
export function App({ session }: { readonly session: Session }) {
  return (
    <MainProvider value={session.main}>
      <DataProvider value={session.data}>
        <TrainingProvider value={session.training}>
          <CanvasProvider>
            <Shell session={session} />
          </CanvasProvider>
        </TrainingProvider>
      </DataProvider>
    </MainProvider>
  );
}

function Shell({ session }: { readonly session: Session }) {
  const { main, autosave, data, training } = session;
  const canvas = useCanvasActions();
  const [starting, setStarting] = useState(true);
  const isOpen = useFile((state) => state.open);
  const shown = useCallback(() => {
    setStarting(false);
    requestAnimationFrame(() => canvas.arrive());
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
      await Promise.all([data.begin(), training.begin()]);
    });
  }, [main, autosave, data, training, shown, open]);

  useEffect(() => main.on('designs.waiting', open.waiting), [main, open]);

  const start = useCallback(() => void train(training, () => autosave.keep()), [training, autosave]);
  const workplace = useMemo(
    (): Workplace => ({
      canvas,
      main,
      open,
      training,
      train: start,
      save: () => void autosave.flush(),
      showTemplates: () => setStarting(true),
    }),
    [canvas, main, open, training, autosave, start],
  );
  useShortcuts(workplace);
  // Electron's menu: the same commands as the buttons and keys.
  useEffect(() => main.on('menu.command', ({ command }) => runCommand(command, workplace)), [main, workplace]);

  return (
    <TrainProvider value={start}>
      <OpenProvider value={open}>
        {starting ? (
          <StartScreen {...(isOpen && { onClose: () => setStarting(false) })} />
        ) : (
          <Workspace onTemplates={() => setStarting(true)} />
        )}
        <CommandPalette workplace={workplace} onCanvas={!starting} />
        <ShortcutsDialog />
        <AboutDialog />
        <ExportReceipt />
        <Disconnected main={main} />
        <UnsavedDialog />
        <DraftsDialog />
        <ExportDialog />
        <RunsDialog />
        <Notices />
      </OpenProvider>
    </TrainProvider>
  );
}

function Workspace({ onTemplates }: { readonly onTemplates: () => void }) {
  const { height, collapsed } = usePanels();
  return (
    <main
      tabIndex={-1}
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
