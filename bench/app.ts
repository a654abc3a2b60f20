import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { ensureChromium } from '../scripts/chromium.mjs';
import { root } from '../scripts/setup.mjs';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A frame is drawn as soon as it can be: what is timed is work, not waiting for the screen.
  '--disable-frame-rate-limit',
  '--disable-gpu-vsync',
];

/** A folder that is gone afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'convcanvas-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: FLAGS });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Starts a program that prints an address, and hands the address on; ends it afterwards. */
export async function withAddress<T>(
  script: string,
  args: readonly string[],
  work: (url: string) => Promise<T>,
): Promise<T> {
  return withFolder(async (home) => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      env: { ...process.env, CONVCANVAS_HOME: home, DISPLAY: '', WAYLAND_DISPLAY: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    try {
      const url = await new Promise<string>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          const match = /http:\S+/.exec(chunk.toString());
          if (match !== null) resolve(match[0]);
        });
        child.once('exit', (code) => reject(new Error(`${script} ended with code ${code}`)));
      });
      return await work(url);
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  });
}
