import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, onTestFinished } from 'vitest';

/** A folder of the test's own, gone when the test has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'convcanvas-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder for all tests of a file, filled before them and gone after them. */
export function sharedFolder(fill: (folder: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'convcanvas-test-'));
  beforeAll(() => {
    fill(folder);
    return () => rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
