import { app, dialog } from 'electron';
import { chosenFolders } from '../host/folders.ts';
import { Home } from '../host/home.ts';

/**
 * Takes the home for this window. On Windows and macOS it is the server's home, too: where a server runs, this says so and
 * the app ends. Undefined then.
 */
export async function claimHome(): Promise<Home | undefined> {
  const home = await Home.take(chosenFolders()?.state ?? app.getPath('userData'));
  if (home instanceof Home) {
    await home.settle(null);
    return home;
  }
  const where =
    home.url === undefined ? `in another process (${home.pid ?? 'its number is not known'})` : `at ${home.url}`;
  dialog.showErrorBox(
    'ConvCanvas already runs',
    `It runs ${where}, and both would write the same files. Go on there, or end it first.`,
  );
  app.quit();
  return undefined;
}
