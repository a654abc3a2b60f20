import { triedGpu, withEngine } from './engine.ts';
import { parseOptions } from './options.ts';
import { formatTable } from './table.ts';

/** `devices [--json]`: what this machine can train on. */
export async function devices(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, { json: { type: 'boolean' } }, 0);
  const gpu = await triedGpu();
  const found = await withEngine((engine) => engine.call('devices.list', { gpu }));
  if (values.json) console.log(JSON.stringify(found, null, 2));
  else {
    const rows = found.map(({ id, name, available, note }) => [id, available ? 'yes' : 'no', name, note]);
    console.log(formatTable(['id', 'usable', 'name', 'note'], rows));
  }
  return 0;
}
