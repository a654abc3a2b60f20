import type { DeviceId } from '#contract/schemas.ts';
import { cpu } from './backends/cpu.ts';
import { cuda } from './backends/cuda.ts';
import type { Backend } from './backends/define.ts';
import { directml } from './backends/directml.ts';
import { tensorflow } from './backends/tensorflow.ts';
import { webgpu } from './backends/webgpu.ts';

const TABLE: { readonly [D in DeviceId]: Backend } = { cpu, webgpu, dml: directml, cuda, tensorflow };

export function backend(name: DeviceId): Backend {
  return TABLE[name];
}

export const BACKENDS: readonly Backend[] = Object.values(TABLE);
