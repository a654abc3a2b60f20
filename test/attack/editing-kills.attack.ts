import { killWhileEditing } from './editing-kills.ts';
import type { Outcome } from './table.ts';

export const title = 'the server, the page and the training process killed while a design is edited without a pause';

export async function run(): Promise<readonly Outcome[]> {
  return [
    await killWhileEditing('server', 50),
    await killWhileEditing('page', 50),
    await killWhileEditing('training process', 50),
  ];
}
