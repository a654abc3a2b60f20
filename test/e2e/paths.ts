import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const built = (path: string) => join(root, 'out', path);

/** Real images beside the project, where somebody put them; tests on them are skipped elsewhere. */
export function realData(name: 'mnist' | 'cifar10'): string | undefined {
  const folder = process.env['CONVCANVAS_TEST_DATA'] ?? join(root, '..', 'shared', 'data');
  const path = join(folder, name);
  return existsSync(path) ? path : undefined;
}
