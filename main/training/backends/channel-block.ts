import { CPU_TARGET, GraphBuilder } from '#core/onnx/builder.ts';
import { Tensor } from '../onnx-runtime.ts';
import { createSession } from './runtime.ts';

/** A processor without the layout answers with an error, which is no news to anybody. */
const NOT_EVEN_ERRORS = 4;

let found: Promise<number> | undefined;

/**
 * Channels in a block of ONNX Runtime's blocked layout on this processor (16 with AVX-512, 8 with other x86 processors),
 * 0 where it has none. Asked of the runtime itself: four channels, put in blocks, come back as one block.
 */
export function channelBlock(): Promise<number> {
  found ??= ask().catch(() => 0);
  return found;
}

async function ask(): Promise<number> {
  // The true block is what is asked for; the graph's own types play no part in running it.
  const graph = new GraphBuilder('channel-block', { ...CPU_TARGET, channelBlock: 16 });
  const x = graph.input('x', { dtype: 'float32', dims: [1, 4, 1, 1] });
  graph.output(graph.add('ReorderInput', [x], {}), 'y');
  const session = await createSession(graph.build(), { logSeverityLevel: NOT_EVEN_ERRORS });
  try {
    const { y } = await session.run({ x: new Tensor('float32', [0, 0, 0, 0], [1, 4, 1, 1]) });
    const channels = y?.dims[1] ?? 0;
    return channels === 8 || channels === 16 ? channels : 0;
  } finally {
    await session.release();
  }
}
