/**
 * The GPU path for real, slowly: WebGPU over Vulkan on SwiftShader, a GPU in software that Chromium brings along.
 * Skipped where it is not at hand.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDesign } from '#core/project/design-file.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { writeDigits } from '../idx-files.ts';
import { chain, conv, input } from '../networks.ts';
import { temporaryFolder } from '../temporary.ts';
import { root } from './paths.ts';

const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const LOADERS = ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib/aarch64-linux-gnu/libvulkan.so.1'];
const atHand = existsSync(DRIVER) && LOADERS.some(existsSync);

function cli(...args: readonly string[]) {
  const env = { ...process.env, VK_ICD_FILENAMES: DRIVER };
  return spawnSync(process.execPath, [join(root, 'bin', 'convcanvas'), ...args], { encoding: 'utf8', env });
}

describe.skipIf(!atHand)('WebGPU in software', () => {
  it('is found', () => {
    const devices = JSON.parse(cli('devices', '--json').stdout);
    expect(devices[1]).toMatchObject({ id: 'webgpu', available: true });
  });

  it('trains, after a step that agreed with the CPU, and gives the same losses', () => {
    const folder = temporaryFolder();
    writeDigits(join(folder, 'data'), 60);
    // The second CONV has 6 channels: a number with which the provider's own CONV is wrong.
    const network = chain(
      input(1, 28),
      conv(6, 5, 3),
      ['ReLU'],
      ['MaxPooling2D'],
      conv(4, 3, 1, 1),
      ['BatchNormalization'],
      ['ReLU'],
      ['Flatten'],
      ['Dense', { units: 10 }],
      ['Softmax'],
    );
    const design = { name: 'Small', network, training: { ...DEFAULT_TRAINING, batchSize: 16 }, classLabels: [] };
    const file = join(folder, 'small.convcanvas');
    writeFileSync(file, formatDesign(design));
    const train = (device: string, ...more: readonly string[]) =>
      cli('train', file, '--data', join(folder, 'data'), '--steps', '4', '--device', device, ...more);
    const losses = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ event }) => event === 'step')
        .map(({ loss }) => loss as number);
    const onGpu = losses(train('webgpu', '--json').stdout);
    const onCpu = losses(train('cpu', '--json').stdout);
    expect(onGpu).toHaveLength(4);
    onGpu.forEach((loss, i) => {
      expect(loss).toBeCloseTo(onCpu[i] as number, 4);
    });
    const said = train('webgpu', '--out', join(folder, 'model.onnx')).stdout;
    expect(said).toContain('device webgpu (chosen; one step agreed with the CPU)');
    expect(said).toContain('run in ONNX Runtime, it differs by at most');
  });
});
