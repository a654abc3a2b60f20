import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '#core/onnx/builder.ts';
import { encodeModel } from '#core/onnx/encode.ts';
import { WEIGHT_GRADIENT_FORMS } from '#core/onnx/operators/conv-weight-gradient.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { median, repeat } from './report.ts';

export const title = "forms of CONV's weight gradient on the CPU, ms for a batch of 32 (the code chooses by these)";

/** Channels, filters, kernel, side of the input: layers of LeNet-5, ConvNetJS's CIFAR-10, ResNet-20 and VGG. */
const LAYERS = [
  [1, 6, 5, 28],
  [6, 16, 5, 14],
  [3, 16, 5, 32],
  [16, 20, 5, 16],
  [16, 16, 3, 32],
  [32, 32, 3, 16],
  [64, 64, 3, 8],
  [64, 64, 3, 32],
  [16, 32, 1, 16],
] as const;
const BATCH = 32;

export async function run(): Promise<void> {
  for (const [channels, filters, kernel, side] of LAYERS) {
    const dims = {
      x: [BATCH, channels, side, side],
      w: [filters, channels, kernel, kernel],
      dy: [BATCH, filters, side, side],
    };
    const pad = (kernel - 1) / 2;
    const attributes = {
      kernel_shape: [kernel, kernel] as const,
      strides: [1, 1] as const,
      pads: [pad, pad, pad, pad] as const,
      dilations: [1, 1] as const,
      group: 1,
    };
    const figures: string[] = [];
    for (const [name, form] of Object.entries(WEIGHT_GRADIENT_FORMS)) {
      const graph = new GraphBuilder(name);
      const [x, w, dy] = [
        graph.input('x', { dtype: 'float32', dims: dims.x }),
        graph.input('w', { dtype: 'float32', dims: dims.w }),
        graph.input('dy', { dtype: 'float32', dims: dims.dy }),
      ];
      graph.output(form(graph, x, w, dy, attributes), 'dw');
      const session = await InferenceSession.create(encodeModel(graph.build()), { logSeverityLevel: 3 });
      const feeds = Object.fromEntries(
        session.inputNames.map((input) => {
          const shape = dims[input as keyof typeof dims];
          const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i));
          return [input, new Tensor('float32', data, shape)];
        }),
      );
      await repeat(3, () => session.run(feeds));
      figures.push(`${name} ${median(await repeat(20, () => session.run(feeds))).toFixed(2)}`);
      await session.release();
    }
    console.log(`  ${channels}→${filters}, ${kernel}×${kernel} on ${side}×${side}: ${figures.join(', ')}`);
  }
}
