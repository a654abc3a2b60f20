import type { LayerReport, NetworkReport } from '../network/report.ts';
import type { Quantity, Total } from './working.ts';

/** Where slides of the lectures are wrong or contradict each other: docs/lectures.md lists the same. */
export const SLIDES = {
  vggMemory:
    'The slide on VGG-16 says 24M × 4 bytes ≈ 93 MB an image. Its own rows add up to 15.24 million activations (RELU works in place): × 4 bytes = 60.95 MB.',
  floors:
    'Two slides call such a window an error ("doesn’t fit"), a third rounds down. Frameworks round down, and so does this program: it says which pixels are never read.',
  averagePool:
    'The slide on average pooling has 36 in its first cell: (31 + 15 + 0 + 100)/4 is 36.5. It was rounded down.',
  demo: 'The slide’s text misprints one slice of a filter and leaves out two of another. These are the only filters over {−1, 0, 1} that give the output that is shown.',
  correlation:
    'Two slides print true convolution, f[n] g[x − n], which turns the filter over. Every worked example, and every framework, slides it as it is: cross-correlation.',
  crossEntropy:
    'A slide lost the minus of the cross-entropy, −Σ tᵢ log pᵢ: without it the loss would be negative and would fall as the guess gets worse.',
  pool: 'A slide says that POOL "requires three hyperparameters" and lists two: F and S. Padding is the third that frameworks have; the lectures use none.',
  alexnetInput:
    'The paper prints 224×224, with which an 11×11 CONV of stride 4 without padding does not fit: (224 − 11)/4 + 1 = 54.25. With 227 it gives the 55×55 that the paper goes on with.',
} as const;

/** VGG-16's activations an image (configurations C and D): what tells it from any other network. */
const VGG16_ACTIVATIONS = 15_237_608;

const POOLS: ReadonlySet<string> = new Set(['MaxPooling2D', 'AveragePooling2D']);

/** What slides say otherwise of a layer's number. */
export function slidesOnLayer({ fit, layer, inputShapes }: LayerReport, quantity: Quantity): readonly string[] {
  if (quantity !== 'output' || fit === undefined) return [];
  const { width } = fit;
  const firstOfAlexnet = width.reach === 11 && width.stride === 4 && inputShapes[0]?.[0] === 3;
  return [
    ...(fit.status === 'floors' ? [SLIDES.floors] : []),
    ...(firstOfAlexnet ? [SLIDES.alexnetInput] : []),
    ...(POOLS.has(layer.kind) ? [SLIDES.pool] : []),
  ];
}

/** What slides say otherwise of a sum over the network. */
export function slidesOnTotal({ totals }: NetworkReport, total: Total): readonly string[] {
  return total === 'activations' && totals.activations === VGG16_ACTIVATIONS ? [SLIDES.vggMemory] : [];
}
