import type { Device, DeviceChoice, DeviceId, Trial } from '#contract/schemas.ts';
import { BACKENDS, backend } from './backend.ts';
import type { Backend } from './backends/define.ts';
import { cpuHardware, gpuHardware, type Hardware } from './hardware.ts';

const KINDS: { readonly [D in DeviceId]: { readonly name: string; readonly note: string } } = {
  cpu: { name: 'CPU', note: 'ONNX Runtime, CPU provider' },
  webgpu: { name: 'GPU through WebGPU', note: 'ONNX Runtime, WebGPU provider' },
  dml: { name: 'GPU through DirectML', note: 'ONNX Runtime, DirectML provider' },
  cuda: { name: 'GPU through CUDA', note: 'ONNX Runtime, CUDA provider' },
  tensorflow: { name: 'TensorFlow', note: 'TensorFlow.js for Node, as installed on this machine' },
};

const WHEN_USED = 'used after one step of the network agrees with the CPU';

/** Every device this program knows, and what may be missing for it. */
export function possibleDevices(): { device: DeviceId; obstacle: string }[] {
  return BACKENDS.map(({ name, obstacle }) => ({ device: name, obstacle: obstacle() }));
}

/** Every device this program can use, whether this machine has it or not. */
export async function listDevices(trials: readonly Trial[]): Promise<Device[]> {
  // Asking for it starts a program of the driver's maker.
  const gpu = trials.some(({ device, usable }) => usable && device !== 'cpu') ? await gpuHardware() : null;
  return BACKENDS.map(({ name: id }) => {
    const trial = trials.find(({ device }) => device === id);
    const { name, note } = KINDS[id];
    const imagesPerSecond = trial?.imagesPerSecond ?? null;
    if (id === 'cpu') return { id, ...cpuHardware(), available: true, agrees: null, imagesPerSecond, note };
    const usable = trial?.usable === true;
    // TensorFlow does not say what it computes on.
    const hardware: Hardware | null = usable && id !== 'tensorflow' ? gpu : null;
    return {
      id,
      name: hardware === null ? name : `${name}: ${hardware.name}`,
      available: usable,
      memory: hardware?.memory ?? null,
      // Measuring compares LeNet-5's step with the CPU's first.
      agrees: usable && imagesPerSecond !== null ? true : null,
      imagesPerSecond,
      note: usable ? `${note}; ${WHEN_USED}` : (trial?.reason ?? 'it was not tried'),
    };
  });
}

/** What a run may use beside the CPU, and why not where it is nothing. */
export interface Candidates {
  readonly devices: readonly Backend[];
  readonly note: string;
}

/** Which devices to consider for a run. */
export function candidates(asked: DeviceChoice, trials: readonly Trial[] = []): Candidates {
  if (asked === 'cpu') return { devices: [], note: 'chosen' };
  const wanted = trials.filter(({ device }) => device !== 'cpu' && (asked === 'auto' || device === asked));
  const devices = wanted.filter(({ usable }) => usable).map(({ device }) => backend(device));
  if (devices.length > 0) return { devices, note: '' };
  if (asked === 'auto') {
    const why = trials.find(({ device }) => device === 'webgpu')?.reason ?? 'it was not tried';
    return { devices, note: `no GPU: ${why}` };
  }
  const why = wanted[0]?.reason ?? 'it was not tried';
  return { devices, note: `${asked} cannot be used (${why}); the CPU trains instead` };
}
