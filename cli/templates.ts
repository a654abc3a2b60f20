import { TEMPLATES } from '#core/templates/index.ts';
import { parseOptions } from './options.ts';
import { formatTable } from './table.ts';

/** `templates [--json]`: the networks that come with the program. */
export async function templates(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, { json: { type: 'boolean' } }, 0);
  const rows = TEMPLATES.map(({ id, title, family, summary }) => ({ id, title, family, summary }));
  if (values.json) console.log(JSON.stringify(rows, null, 2));
  else
    console.log(
      formatTable(
        ['id', 'title', 'family', 'summary'],
        rows.map((row) => [row.id, row.title, row.family, row.summary]),
      ),
    );
  return 0;
}
