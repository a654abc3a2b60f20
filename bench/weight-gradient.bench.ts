import { GraphBuilder } from '#core/onnx/builder.ts';
import { encodeModel } from '#core/onnx/encode.ts';
import { BLOCKED_FORMS, PLAIN_FORMS } from '#core/onnx/operators/conv-weight-gradient.ts';
import { elementCount } from '#core/onnx/tensor.ts';
import { cpu, fitToCpu } from '#main/training/backends/cpu.ts';
import { InferenceSession, Tensor } from '#main/training/onnx-runtime.ts';
import { median, repeat } from './report.ts';

export const title =
  "forms of CONV's weight gradient on the CPU, ms for a batch of 32, or BATCH=8 (the code chooses by these)";

/** Channels, filters, kernel, side of the input, stride: layers of LeNet-5, ConvNetJS's CIFAR-10, ResNet, VGG, AlexNet. */
const LAYERS = [
  [1, 6, 5, 28, 1],
  [6, 16, 5, 14, 1],
  [3, 16, 5, 32, 1],
  [16, 20, 5, 16, 1],
  [3, 16, 3, 32, 1],
  [3, 32, 3, 32, 1],
  [20, 20, 5, 8, 1],
  [16, 16, 3, 32, 1],
  [32, 32, 3, 16, 1],
  [64, 64, 3, 8, 1],
  [64, 64, 3, 32, 1],
  [16, 32, 1, 16, 1],
  [16, 32, 3, 32, 2],
  [32, 64, 3, 16, 2],
  [16, 32, 1, 32, 2],
  [3, 64, 7, 112, 2],
  [3, 96, 11, 115, 4],
  [96, 256, 5, 27, 1],
  [256, 384, 3, 13, 1],
  [64, 256, 1, 28, 1],
  [256, 64, 1, 28, 1],
] as const;
const BATCH = Number(process.env['BATCH'] ?? 32);

export async function run(): Promise<void> {
  const target = await cpu.target();
  const forms = target.channelBlock > 1 ? { ...PLAIN_FORMS, ...BLOCKED_FORMS } : PLAIN_FORMS;
  for (const [channels, filters, kernel, side, stride] of LAYERS) {
    const pad = (kernel - 1) / 2;
    const out = Math.floor((side + 2 * pad - kernel) / stride) + 1;
    const dims = {
      x: [BATCH, channels, side, side],
      w: [filters, channels, kernel, kernel],
      dy: [BATCH, filters, out, out],
    };
    const attributes = {
      kernel_shape: [kernel, kernel] as const,
      strides: [stride, stride] as const,
      pads: [pad, pad, pad, pad] as const,
      dilations: [1, 1] as const,
      group: 1,
    };
    const figures: string[] = [];
    for (const [name, form] of Object.entries(forms)) {
      if (name === 'asShifts' && stride > 1) continue;
      const graph = new GraphBuilder(name, target);
      const [x, w, dy] = [
        graph.input('x', { dtype: 'float32', dims: dims.x }),
        graph.input('w', { dtype: 'float32', dims: dims.w }),
        graph.input('dy', { dtype: 'float32', dims: dims.dy }),
      ];
      graph.output(form(graph, x, w, dy, attributes), 'dw');
      const session = await InferenceSession.create(encodeModel(await fitToCpu(graph.build())), {
        logSeverityLevel: 3,
      });
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
    console.log(
      `  ${channels}→${filters}, ${kernel}×${kernel} on ${side}×${side}, stride ${stride}: ${figures.join(', ')}`,
    );
  }
}
