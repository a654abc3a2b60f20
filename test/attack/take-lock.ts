/** Takes a lock whenever it is asked to, together with others: the child of lock-races.ts. */

import { nodeFileSystem } from '#disk/file-system.ts';
import { type Lock, takeLock } from '#disk/lock.ts';

let held: Lock | undefined;

process.on('message', ({ take, patience }: { readonly take?: string; readonly patience: number }) => {
  if (take === undefined) void held?.release().then(() => process.send?.('released'));
  else void tryTo(take, patience);
});

async function tryTo(path: string, patience: number): Promise<void> {
  held = await takeLock(path, nodeFileSystem, patience).catch(() => undefined);
  process.send?.({ isTaken: held !== undefined && (await held.isHeld()) });
}

process.send?.('ready');
