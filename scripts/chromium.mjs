/** Finds a Chromium-like browser for the end-to-end tests; on Debian as root it is installed if it is missing. */
import { existsSync } from 'node:fs';
import { run } from './setup.mjs';

const PLACES = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/google-chrome',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** The path of a browser, or undefined. CHROMIUM names one that lies elsewhere. */
export function findChromium() {
  const given = process.env['CHROMIUM'];
  if (given) return existsSync(given) ? given : undefined;
  const places = Object.hasOwn(PLACES, process.platform)
    ? PLACES[/** @type {keyof typeof PLACES} */ (process.platform)]
    : PLACES.linux;
  return places.find((place) => existsSync(place));
}

/** A browser, installed from Debian's packages where this is Debian, run as root. */
export function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    console.log('Installing Chromium for the end-to-end tests…');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env, stdio: 'ignore' });
  }
  const installed = findChromium();
  if (installed === undefined) {
    throw new Error('The end-to-end tests need Chromium or Chrome. Install one, or name it in the variable CHROMIUM.');
  }
  return installed;
}
