import { type BrowserWindow, dialog } from 'electron';

/** What the user wants done with a page that is in trouble. */
type Choice = 'reload' | 'close' | 'wait';

const LABELS: { readonly [C in Choice]: string } = { reload: 'Reload', close: 'Close the window', wait: 'Wait' };

const SAFE =
  'What was saved is safe: designs are saved soon after each change, and a training run goes on in a process of its own.';

/** What Electron's reasons for the end of a page's process mean; others say nothing to a user. */
const REASONS: { readonly [reason: string]: string } = {
  oom: 'It ran out of memory.',
  killed: 'It was ended by the system or by hand.',
  'launch-failed': 'It could not be started.',
};

/** Asks what to do when a window's page has crashed or does not react; one question at a time. */
export function guard(window: BrowserWindow): void {
  const { webContents } = window;
  let question: AbortController | undefined;
  /** Whether the page's process ends because it was asked to here. */
  let ending = false;

  const ask = async (message: string, detail: string, choices: readonly Choice[]): Promise<Choice | undefined> => {
    question?.abort();
    const own = new AbortController();
    question = own;
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message,
      detail,
      buttons: choices.map((choice) => LABELS[choice]),
      defaultId: 0,
      cancelId: choices.length - 1,
      noLink: true,
      signal: own.signal,
    });
    if (question === own) question = undefined;
    return own.signal.aborted || window.isDestroyed() ? undefined : choices[response];
  };

  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || ending) {
      ending = false;
      return;
    }
    const detail = [REASONS[reason], SAFE].filter((text) => text !== undefined).join(' ');
    void ask('The page of ConvCanvas has crashed.', detail, ['reload', 'close']).then((choice) => {
      if (choice === 'reload') webContents.reload();
      else if (choice === 'close') window.destroy();
    });
  });

  window.on('unresponsive', () => {
    const detail = `It may be busy with a large network. ${SAFE}`;
    void ask('ConvCanvas does not react.', detail, ['wait', 'reload', 'close']).then((choice) => {
      if (choice === 'close') window.destroy();
      if (choice !== 'reload') return;
      // A page that is busy would not even begin to load.
      ending = true;
      webContents.forcefullyCrashRenderer();
      webContents.reload();
    });
  });
  webContents.on('did-finish-load', () => {
    ending = false;
  });
  window.on('responsive', () => question?.abort());
  window.on('closed', () => question?.abort());
}
