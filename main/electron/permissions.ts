import { session } from 'electron';
import { isPage } from './page.ts';

/** Nothing the page does needs a permission, and nothing needs the network. */
export function setupPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.webRequest.onBeforeRequest((details, decide) => {
    const allowed = isPage(details.url) || /^(blob|data|devtools):/.test(details.url);
    decide({ cancel: !allowed });
  });
}
