/** Rewrites one file for ever, until it is killed: the child of write-kills.ts. */
import { createHash } from 'node:crypto';
import { writeFileAtomic } from '#disk/write-file.ts';

const [path = ''] = process.argv.slice(2);

process.send?.('ready');
for (let turn = 0; ; turn++) {
  const body = Buffer.alloc(1000 + ((turn * 7919) % 400_000), turn % 256);
  await writeFileAtomic(path, [createHash('sha256').update(body).digest(), body]);
}
