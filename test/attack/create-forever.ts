/** Makes designs for ever, until it is killed: the child of write-kills.ts. */
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { Designs } from '#main/host/designs.ts';

const [designs = '', state = ''] = process.argv.slice(2);

const template = findTemplate('lenet5')?.create();
if (template === undefined) throw new Error('There is no such template.');
const texts = ['Net', 'Another'].map((name) => formatDesign({ ...template, name }));
process.send?.('ready');
for (let turn = 0; ; turn++) await new Designs(designs, state).create(texts[turn % 2] ?? '');
