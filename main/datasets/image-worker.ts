/** Entry of the thread that decodes images: whatever a file makes it do, it can be ended from outside. */
import { parentPort } from 'node:worker_threads';
import { decodeFile } from './image-decoder.ts';
import type { Reply, Request } from './worker-decoder.ts';

parentPort?.on('message', async ({ path, size }: Request) => {
  try {
    const image = await decodeFile(path, size);
    const reply: Reply = { ok: true, image };
    parentPort?.postMessage(reply, [image.rgb.buffer as ArrayBuffer]);
  } catch (error) {
    const reply: Reply = { ok: false, reason: error instanceof Error ? error.message : String(error) };
    parentPort?.postMessage(reply);
  }
});
