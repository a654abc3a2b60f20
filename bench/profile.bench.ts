import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { propagate } from '#core/network/propagate.ts';
import { encodeModel } from '#core/onnx/encode.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { compileTraining } from '#core/training/program.ts';
import { cpu, fitToCpu } from '#main/training/backends/cpu.ts';
import { InferenceSession, Tensor } from '#main/training/onnx-runtime.ts';
import { withFolder } from './app.ts';
import { type BenchedNetwork, benchedNetworks } from './networks.ts';

export const title = 'where the time of a training step on the CPU goes, by operator and by layer (NETWORK=resnet20)';

const STEPS = 10;
const ROWS = 16;

interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

export async function run(): Promise<void> {
  const wanted = process.env['NETWORK'];
  for (const benched of benchedNetworks()) {
    if (wanted === undefined || benched.name.toLowerCase().includes(wanted.toLowerCase())) await profile(benched);
  }
}

async function profile({ name, network, batch }: BenchedNetwork): Promise<void> {
  await withFolder(async (folder) => {
    const { graph } = compileTraining(network, propagate(network), batch, await cpu.target());
    const session = await InferenceSession.create(encodeModel(await fitToCpu(graph)), {
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
      logSeverityLevel: 3,
    });
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name: input, type }) => {
        const count = elementCount(type.dims);
        const data = type.dtype === 'uint8' ? new Uint8Array(count) : new Float32Array(count);
        for (let i = 0; i < count; i++) data[i] = type.dtype === 'uint8' ? (i * 7919) % 256 : Math.sin(i) / 10;
        return [input, new Tensor(type.dtype as 'float32', data as Float32Array, type.dims)];
      }),
    );
    for (let i = 0; i < STEPS; i++) await session.run(feeds);
    session.endProfiling();
    const [file] = readdirSync(folder);
    const events = JSON.parse(readFileSync(join(folder, file as string), 'utf8')) as readonly TraceEvent[];
    const nodes = events.filter(({ cat, name: event }) => cat === 'Node' && event.endsWith('_kernel_time'));
    const total = nodes.reduce((sum, { dur }) => sum + dur, 0) / STEPS / 1000;
    console.log(`  ${name}, ${batch} pictures: ${total.toFixed(1)} ms in operators`);
    show(nodes, 'operator', ({ args }) => args?.op_name ?? '?');
    show(nodes, 'layer and operator', ({ name: event, args }) => {
      const [scope] = /^(grad\/[^/]+|[^/]+)/.exec(event) ?? [event];
      return `${scope} ${args?.op_name}`;
    });
    await session.release();
  });
}

function show(events: readonly TraceEvent[], by: string, keyOf: (event: TraceEvent) => string): void {
  const sums = new Map<string, number>();
  for (const event of events) sums.set(keyOf(event), (sums.get(keyOf(event)) ?? 0) + event.dur);
  const rows = [...sums].sort(([, a], [, b]) => b - a).slice(0, ROWS);
  const ms = (sum: number) => (sum / STEPS / 1000).toFixed(2);
  console.log(`    by ${by}: ${rows.map(([key, sum]) => `${key} ${ms(sum)}`).join(', ')}`);
}
