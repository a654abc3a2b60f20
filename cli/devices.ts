import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { formatBytes, formatCount } from '#core/format.ts';
import { triedDevices, withEngine } from './engine.ts';
import { parseOptions } from './options.ts';
import { formatTable } from './table.ts';

/**
 * `devices [--json]`: what this machine can train on, tried and measured with LeNet-5. With `--install-cuda` ONNX Runtime's
 * own script fetches NVIDIA's provider first (some 300 MB): the one thing here that needs a network, and only when asked.
 */
export async function devices(args: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean' }, 'install-cuda': { type: 'boolean' } } as const;
  const { values } = parseOptions(args, options, 0);
  if (values['install-cuda'] && !(await installCuda())) return 1;
  const trials = await triedDevices(true);
  const found = await withEngine((engine) => engine.call('devices.list', { trials }));
  if (values.json) console.log(JSON.stringify(found, null, 2));
  else {
    const yesOrNo = (value: boolean | null) => (value === null ? '–' : value ? 'yes' : 'no');
    const rows = found.map(({ id, name, available, agrees, memory, imagesPerSecond, note }) => [
      id,
      yesOrNo(available),
      yesOrNo(agrees),
      imagesPerSecond === null ? '–' : formatCount(Math.round(imagesPerSecond)),
      memory === null ? '–' : formatBytes(memory),
      name,
      note,
    ]);
    const head = ['id', 'usable', 'agrees with CPU', 'LeNet-5 images/s', 'memory', 'name', 'note'];
    console.log(formatTable(head, rows));
  }
  return 0;
}

async function installCuda(): Promise<boolean> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.error(
      'ONNX Runtime for Node has the CUDA provider on Linux x64 only; WebGPU drives NVIDIA cards everywhere.',
    );
    return false;
  }
  const script = createRequire(import.meta.url).resolve('onnxruntime-node/script/install.js');
  console.error('Fetching the CUDA provider (needs a network, CUDA 12 and cuDNN 9 on this machine) …');
  const child = spawn(process.execPath, [script, '--onnxruntime-node-install=cuda12'], { stdio: 'inherit' });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (status === 0) return true;
  console.error('The CUDA provider could not be installed; everything else works without it.');
  return false;
}
