/** A whole session with the built server: opens, trains on whatever device is fastest, looks, exports. */
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { spawnServer } from '../built-server.ts';
import { connectPage } from '../page-client.ts';

const DIGITS = { id: 'digits', name: 'Built-in digits' };
/** Milliseconds of training: longer than ONNX Runtime's telemetry waits before it sends. */
const TRAINING = 20_000;

export async function session(home: string): Promise<void> {
  const server = await spawnServer(home);
  const template = findTemplate('lenet5')?.create();
  if (template === undefined) throw new Error('There is no template lenet5.');
  const design = formatDesign({ ...template, training: { ...template.training, epochs: 10_000 } });
  const page = await connectPage(server.url);
  try {
    const reaches = (wanted: string) =>
      new Promise<void>((resolve) => page.on('runs.changed', ({ status }) => status === wanted && resolve()));
    await page.call('designs.create', { text: design });
    await page.call('devices.list', {});
    const [running, stopped] = [reaches('running'), reaches('stopped')];
    const { run } = await page.call('runs.start', { design, data: DIGITS, device: 'auto' });
    await page.call('runs.follow', { run });
    await page.call('runs.watch', { run, filters: true, activations: 0 });
    await running;
    await new Promise((resolve) => setTimeout(resolve, TRAINING));
    await page.call('runs.stop', { run });
    await stopped;
    const exported = await page.call('models.export', { design, data: DIGITS, run });
    if (exported?.receipt.weights !== 'trained') throw new Error('The trained weights were not exported.');
    await (await fetch(new URL(exported.download ?? '', server.url))).arrayBuffer();
    process.stdout.write(`exported after ${exported.receipt.steps} steps\n`);
  } finally {
    page.close();
    await server.stop();
  }
}
