import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Graph } from '#core/onnx/graph.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate } from '#core/templates/index.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { builtInDigits } from '#main/datasets/digits/index.ts';
import { backend } from '#main/training/backend.ts';
import type { Backend } from '#main/training/backends/define.ts';
import { chooseDevice } from '#main/training/choose-device.ts';
import { initialValues, readDesign } from '#main/training/compiled-design.ts';
import { compareWithCpu } from '#main/training/trust.ts';
import { chain, conv, input } from '../../networks.ts';

const set = builtInDigits();
const compiled = readDesign(formatDesign(findTemplate('lenet5')!.create()));
const values = initialValues(compiled);
const cpu = backend('cpu');

/** A device that is the CPU, but for what it does to graphs. */
const device = (change: (graph: Graph) => Graph): Backend => ({
  ...cpu,
  name: 'webgpu',
  createSession: (graph, keep) => cpu.createSession(change(graph), keep),
});

const honest = device((graph) => graph);

/** Gets the gradient of the second CONV's weights wrong, without an error: as a broken provider does. */
const liar = device((graph) => ({
  ...graph,
  nodes: graph.nodes.map((node) =>
    node.outputs.includes('conv2.weight.velocity.next')
      ? { ...node, inputs: [node.inputs[1] as string, node.inputs[1] as string] }
      : node,
  ),
}));

const broken = device((graph) => ({ ...graph, nodes: graph.nodes.slice(5) }));

describe('a device is trusted only after it agrees with the CPU', () => {
  it('one that agrees is', async () => {
    const verdict = await compareWithCpu(compiled, set, 10, values, honest, cpu);
    expect(verdict).toMatchObject({ agrees: true });
  });

  it('rounding alone is no disagreement: the gradient of a bias in front of BATCH NORM is 0', async () => {
    const network = chain(input(1, 28), conv(4, 3), ['BatchNormalization'], ['Flatten'], ['Dense'], ['Softmax']);
    const design = { name: 'With BN', network, training: DEFAULT_TRAINING, classLabels: [] };
    const withBatchNorm = readDesign(formatDesign(design));
    /** As another order of adding up would do: what is 0 comes out as some other tiny number. */
    const rounding = device((graph) => ({
      ...graph,
      nodes: graph.nodes.flatMap((node) => {
        if (!node.outputs.includes('conv1.bias.velocity.next')) return [node];
        const raw = { ...node, outputs: ['raw'] };
        return [
          raw,
          { op: 'Neg', name: 'other', inputs: ['raw'], outputs: node.outputs, attributes: {} } as typeof node,
        ];
      }),
    }));
    const first = initialValues(withBatchNorm);
    expect(await compareWithCpu(withBatchNorm, set, 10, first, rounding, cpu)).toMatchObject({ agrees: true });
  });

  it('one made to lie is caught, and the tensor named', async () => {
    const verdict = await compareWithCpu(compiled, set, 10, values, liar, cpu);
    expect(verdict).toMatchObject({ agrees: false });
    expect((verdict as { reason: string }).reason).toMatch(
      /^the gradient of conv2\.weight \(Conv2D\) differs from the CPU's by \d+ %/,
    );
  });

  it('an operator that is wrong wherever it stands is named', async () => {
    /** Gives RELU a slope for negative numbers. */
    const leaky = device((graph) => ({
      ...graph,
      nodes: graph.nodes.map((node) =>
        node.op === 'Relu' ? ({ ...node, op: 'LeakyRelu', attributes: { alpha: 0.5 } } as typeof node) : node,
      ),
    }));
    const verdict = await compareWithCpu(compiled, set, 10, values, leaky, cpu);
    expect((verdict as { reason: string }).reason).toMatch(/: Relu \(relu1\/Relu\) differs by \d+ %$/);
  });

  it('of several, the fastest of those that agree trains', async () => {
    const slow: Backend = {
      ...honest,
      createSession: async (graph, wishes) => {
        const session = await honest.createSession(graph, wishes);
        const run = async (...args: Parameters<typeof session.run>) => {
          await setTimeout(50);
          return session.run(...args);
        };
        return { inputNames: session.inputNames, release: () => session.release(), run: run as typeof session.run };
      },
    };
    const chosen = await chooseDevice({ devices: [liar, slow], note: '' }, 'auto', compiled, set, 10, values);
    expect(chosen.backend).toBe(cpu);
    expect(chosen.note).toContain('webgpu is not used because the gradient of conv2.weight');
  });

  it('a run falls back to the CPU, and says why', async () => {
    for (const asked of ['auto', 'webgpu'] as const) {
      const chosen = await chooseDevice({ devices: [liar], note: '' }, asked, compiled, set, 10, values);
      expect(chosen.backend).toBe(cpu);
      expect(chosen.note).toContain('webgpu is not used because the gradient of conv2.weight (Conv2D) differs');
    }
  });

  it('a device that fails is not used either', async () => {
    const chosen = await chooseDevice({ devices: [broken], note: '' }, 'webgpu', compiled, set, 10, values);
    expect(chosen.backend).toBe(cpu);
    expect(chosen.note).toContain('webgpu is not used because it failed');
  });

  it('one that agrees is used where it is asked for, and timed where the choice is automatic', async () => {
    const offered = { devices: [honest], note: '' };
    expect(await chooseDevice(offered, 'webgpu', compiled, set, 10, values)).toMatchObject({ backend: honest });
    const automatic = await chooseDevice(offered, 'auto', compiled, set, 10, values);
    expect(automatic.note).toMatch(/^the fastest a step: webgpu [\d.]+ ms, cpu [\d.]+ ms$/);
  });

  it('no GPU: the CPU, with the reason', async () => {
    const chosen = await chooseDevice({ devices: [], note: 'no GPU: none found' }, 'auto', compiled, set, 10, values);
    expect(chosen).toEqual({ backend: cpu, note: 'no GPU: none found' });
  });
});
