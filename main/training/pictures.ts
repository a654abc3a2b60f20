import type { ActivationMaps, ActivationVolume, FilterBank } from '#contract/schemas.ts';
import type { LayerId } from '#core/network/network.ts';
import type { NetworkReport } from '#core/network/propagate.ts';
import { isVolume } from '#core/shape.ts';
import type { Batch } from '../datasets/batches.ts';
import type { Trainer } from './trainer.ts';

/** How much of a CONV is sent while training; all of it is sent when one layer is enlarged. */
const SHOWN = { filters: 64, channels: 16 } as const;
/** How much of a volume is sent: maps, and pixels along a side (every n-th is kept). */
const MAPS = 64;
const MAP_SIDE = 64;

interface ConvLayer {
  readonly layer: LayerId;
  readonly name: string;
  readonly tensor: string;
}

/** The CONVs of a network, in order. */
export function convLayers(report: NetworkReport): readonly ConvLayer[] {
  return report.order.flatMap((id) => {
    const layer = report.layers.get(id)?.layer;
    return layer?.kind === 'Conv2D' ? [{ layer: id, name: layer.name, tensor: `${layer.name}.weight` }] : [];
  });
}

/** The first filters of some CONVs. */
export async function filterBanks(
  trainer: Trainer,
  layers: readonly ConvLayer[],
  shown: { readonly filters: number; readonly channels: number } = SHOWN,
): Promise<FilterBank[]> {
  const values = await trainer.read(layers.map(({ tensor }) => tensor));
  return layers.map(({ layer, name, tensor }) => {
    const { dims, data } = values.get(tensor) as { dims: readonly number[]; data: Float32Array };
    const [filters, channels, height, width] = dims as readonly [number, number, number, number];
    const k = Math.min(filters, shown.filters);
    const c = Math.min(channels, shown.channels);
    const each = c * height * width;
    const kept = new Float32Array(k * each);
    for (let filter = 0; filter < k; filter++) {
      const from = filter * channels * height * width;
      kept.set(data.subarray(from, from + each), filter * each);
    }
    return { layer, name, dims: [k, c, height, width], values: kept, filters, channels };
  });
}

/** Layers whose output is a volume: what has maps to show. */
export function volumeLayers(report: NetworkReport): readonly LayerId[] {
  return report.order.filter((id) => {
    const found = report.layers.get(id);
    return found?.shape !== undefined && isVolume(found.shape) && found.layer.kind !== 'Input';
  });
}

/** Every volume of the network for one picture. */
export async function activationMaps(
  trainer: Trainer,
  report: NetworkReport,
  batch: Batch,
  where: { readonly step: number; readonly sample: number; readonly label: number },
): Promise<ActivationMaps> {
  const layers = volumeLayers(report);
  const { output, maps } = await trainer.activations(batch, layers);
  const volumes = layers.map((id) => {
    const { dims, data } = maps.get(id) as { dims: readonly number[]; data: Float32Array };
    return toVolume(id, report.layers.get(id)?.layer.name ?? id, dims, data);
  });
  return { ...where, output: output.slice(), volumes };
}

/** Scales a volume to bytes between its smallest and largest value, leaving out pixels of large maps. */
function toVolume(layer: LayerId, name: string, dims: readonly number[], data: Float32Array): ActivationVolume {
  const [maps, height, width] = dims as readonly [number, number, number];
  const shown = Math.min(maps, MAPS);
  const every = Math.max(1, Math.ceil(Math.max(height, width) / MAP_SIDE));
  const [h, w] = [Math.ceil(height / every), Math.ceil(width / every)];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = high > low ? 255 / (high - low) : 0;
  const pixels = new Uint8Array(shown * h * w);
  let at = 0;
  for (let map = 0; map < shown; map++) {
    for (let y = 0; y < h; y++) {
      const row = map * height * width + y * every * width;
      for (let x = 0; x < w; x++) pixels[at++] = ((data[row + x * every] as number) - low) * scale;
    }
  }
  return { layer, name, dims: [shown, h, w], pixels, low, high, maps };
}
