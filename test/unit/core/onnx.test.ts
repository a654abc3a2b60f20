import { describe, expect, it } from 'vitest';
import { exportOnnx, matchTensors } from '#core/export/onnx.ts';
import { propagate } from '#core/network/propagate.ts';
import { CPU_TARGET, GraphBuilder, WEBGPU_TARGET } from '#core/onnx/builder.ts';
import { withoutChannelSums } from '#core/onnx/channel-sums.ts';
import { decodeGraph, OnnxError, readModel } from '#core/onnx/decode.ts';
import { encodeModel } from '#core/onnx/encode.ts';
import { padConvChannels } from '#core/onnx/pad-channels.ts';
import { float32, scalar, type Tensor } from '#core/onnx/tensor.ts';
import { formatDesign } from '#core/project/design-file.ts';
import { findTemplate, TEMPLATES } from '#core/templates/index.ts';
import { emitNetwork, namedTensors } from '#core/training/emit.ts';
import { initialTensor } from '#core/training/initialize.ts';
import { compileTraining } from '#core/training/program.ts';
import { chain, conv, input } from '../../networks.ts';
import { evaluate } from '../../oracle/reference.ts';
import { randomNetwork } from '../../random-networks.ts';

function exported(id: string) {
  const design = findTemplate(id)!.create();
  const report = propagate(design.network);
  const tensors = new Map(namedTensors(report).map(({ name, spec }) => [name, initialTensor(name, spec, 1)]));
  const bytes = exportOnnx({
    name: design.name,
    network: design.network,
    report,
    tensors,
    classLabels: design.classLabels,
    design: formatDesign(design),
    loss: design.training.loss,
    producerVersion: '1',
  });
  return { bytes, tensors, report, design };
}

const wave = (dims: readonly number[]) => ({
  dims,
  data: Float64Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.37)),
});

describe('an ONNX file', () => {
  it('is read back as the graph that was written', () => {
    const { report, design } = exported('lenet5');
    const graph = withoutChannelSums(compileTraining(design.network, report, 4, CPU_TARGET).graph);
    const back = decodeGraph(encodeModel(graph), 4);
    expect(back.nodes).toEqual(
      graph.nodes.map((node) => ({ ...node, attributes: expect.objectContaining(roundedAttributes(node.attributes)) })),
    );
    expect(back.inputs).toEqual(graph.inputs);
    expect(back.outputs).toEqual(graph.outputs);
    expect([...back.initializers.keys()]).toEqual([...graph.initializers.keys()]);
  });

  it('names weights after layers, takes any batch of raw pixels, carries labels and the design', () => {
    const { bytes, tensors, design } = exported('lenet5');
    const model = readModel(bytes);
    expect(model.inputs).toEqual([{ name: 'pixels', dims: ['N', 1, 28, 28] }]);
    expect(model.outputs).toEqual(['probabilities']);
    expect(model.tensors.get('conv2.weight')?.dims).toEqual([16, 6, 5, 5]);
    expect(model.tensors.get('fc1.weight')?.dims).toEqual([120, 400]);
    expect(model.tensors.get('fc1.weight')?.data).toEqual(tensors.get('fc1.weight')?.data);
    expect(JSON.parse(model.metadata.get('labels') ?? '')).toEqual(design.classLabels);
    expect(model.metadata.get('convcanvas.design')).toBe(formatDesign(design));
  });

  it('is read from a Node buffer too', () => {
    const { bytes, tensors } = exported('lenet5');
    // An odd offset: what lies there is not aligned for float32.
    const padded = Buffer.concat([Buffer.from([0]), bytes]).subarray(1);
    expect(readModel(padded).tensors.get('fc3.weight')?.data).toEqual(tensors.get('fc3.weight')?.data);
  });

  it('gives its weights back to a design of the same layers, and says what does not fit', () => {
    const { bytes, report } = exported('lenet5');
    const { tensors } = readModel(bytes);
    expect(matchTensors(report, tensors).size).toBe(10);
    const other = propagate(findTemplate('convnetjs-cifar10')!.create().network);
    expect(() => matchTensors(other, tensors)).toThrow(
      '"conv1.weight" is float32 [6, 1, 5, 5] in the file; the network needs float32 [16, 3, 5, 5].',
    );
  });

  it('is refused where it is none', () => {
    expect(() => readModel(Uint8Array.of(1, 2, 3))).toThrow(OnnxError);
    expect(() => readModel(new TextEncoder().encode('hello world, this is a text'))).toThrow(OnnxError);
    expect(() => readModel(new Uint8Array())).toThrow('holds no graph');
  });

  it('is refused where it was cut off', () => {
    const { bytes } = exported('lenet5');
    expect(() => readModel(bytes.subarray(0, bytes.length / 2))).toThrow(OnnxError);
  });
});

describe('an exported file takes forms that every reader knows', () => {
  // What OpenCV 4.6 refused or misread; `npm run bench foreign` has it and ONNX's checker read all of them.
  const graphs = () => [
    ...TEMPLATES.map(({ id, create }) => [id, create().network] as const),
    ...Array.from({ length: 60 }, (_, i) => {
      return [`random ${i + 1}`, randomNetwork(i + 1, { layers: 7, classes: 4 })] as const;
    }),
  ];

  it.each(graphs())('%s', (_, network) => {
    const report = propagate(network);
    const graph = new GraphBuilder('form');
    const { output } = emitNetwork(graph, network, report, {
      mode: 'inference',
      batchSize: 1,
      pixels: 'float32',
      declare: ({ name, spec }) => graph.input(name, { dtype: 'float32', dims: spec.dims }),
    });
    graph.output(output, 'output');
    const { nodes, initializers } = graph.build();
    for (const { op, name, inputs } of nodes) {
      expect(inputs.at(-1), `${name}: an input left out is not named behind the last`).not.toBe('');
      // Resize's region lies between the image and its scales.
      expect(inputs.includes(''), name).toBe(op === 'Resize');
    }
    const channels = report.layers.get(report.input ?? '')?.shape?.[0] as number;
    const normalising = nodes.filter(({ op, name }) => name.startsWith('input/') && (op === 'Sub' || op === 'Div'));
    for (const { name, inputs } of normalising) {
      const { dims } = initializers.get(inputs[1] ?? '') as Tensor;
      expect([[], [channels, 1, 1]], `${name}: a number, or one for each channel and no batch`).toContainEqual(dims);
    }
  });

  it('an FC without biases has two inputs, as a CONV has', () => {
    const network = chain(
      ['Input', { channels: 3, height: 6, width: 6, mean: [1, 2, 3], scale: [4, 5, 6] }],
      ['Conv2D', { useBias: false }],
      ['Flatten'],
      ['Dense', { useBias: false }],
    );
    const report = propagate(network);
    const tensors = new Map(namedTensors(report).map(({ name, spec }) => [name, initialTensor(name, spec, 1)]));
    const text = { name: 'form', classLabels: [], design: '', producerVersion: '1', loss: 'crossEntropy' } as const;
    const { nodes, initializers } = decodeGraph(exportOnnx({ ...text, network, report, tensors }), 2);
    const inputsOf = (op: string) => nodes.find((node) => node.op === op)?.inputs ?? [];
    expect(inputsOf('Gemm')).toEqual([expect.any(String), 'fc1.weight']);
    expect(inputsOf('Conv')).toEqual([expect.any(String), 'conv1.weight']);
    expect(['Sub', 'Div'].map((op) => initializers.get(inputsOf(op)[1] ?? '')?.dims)).toEqual([
      [3, 1, 1],
      [3, 1, 1],
    ]);
  });
});

function roundedAttributes(attributes: object): object {
  // Floats are stored in 32 bits.
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, typeof value === 'number' ? Math.fround(value) : value]),
  );
}

describe('the graph builder', () => {
  it('refuses operators that cannot take what they are given, naming the node', () => {
    const graph = new GraphBuilder('bad');
    const x = graph.input('x', { dtype: 'float32', dims: [2, 3] });
    expect(() => graph.within('fc1', () => graph.add('MatMul', [x, x], {}))).toThrow(/^fc1\/MatMul: .*float32\[2, 3\]/);
  });

  it('stores equal constants once', () => {
    const graph = new GraphBuilder('constants');
    expect(graph.scalar(2)).toBe(graph.scalar(2));
    expect(graph.constant(scalar(2))).toBe(graph.scalar(2));
    expect(graph.constant(float32([1], [2]))).not.toBe(graph.scalar(2));
  });

  it('names outputs as asked, also where two are the same value or one is an input', () => {
    const graph = new GraphBuilder('outputs');
    const x = graph.input('x', { dtype: 'float32', dims: [2] });
    const y = graph.add('Relu', [x], {});
    graph.output(y, 'a');
    graph.output(y, 'b');
    graph.output(x, 'c');
    const values = evaluate(graph.build(), { x: { dims: [2], data: Float64Array.of(-1, 2) } });
    expect([...values.get('a')!.data]).toEqual([0, 2]);
    expect([...values.get('b')!.data]).toEqual([0, 2]);
    expect([...values.get('c')!.data]).toEqual([-1, 2]);
    expect(() => graph.output(y, 'x')).toThrow('two values named x');
  });
});

describe('padding channels for a provider that gets some wrong', () => {
  it('changes no result', () => {
    const network = chain(input(6, 8), conv(4, 3), ['Flatten'], ['Dense']);
    const { graph } = compileTraining(network, propagate(network), 3, CPU_TARGET);
    const padded = padConvChannels(graph, WEBGPU_TARGET);
    expect(padded.nodes.length).toBeGreaterThan(graph.nodes.length);
    const feeds = Object.fromEntries(graph.inputs.map(({ name, type }) => [name, wave(type.dims)]));
    const [before, after] = [evaluate(graph, feeds), evaluate(padded, feeds)];
    for (const { name } of graph.outputs) expect(after.get(name)?.data).toEqual(before.get(name)?.data);
  });

  it('leaves every other CONV alone', () => {
    const network = chain(input(3, 8), conv(4, 3), ['Flatten'], ['Dense']);
    const { graph } = compileTraining(network, propagate(network), 4, CPU_TARGET);
    expect(padConvChannels(graph, WEBGPU_TARGET).nodes).toHaveLength(graph.nodes.length);
  });
});

describe('templates', () => {
  it.each(TEMPLATES.map((template) => [template.id, template] as const))(
    '%s compiles to a training step',
    (_, template) => {
      const { network } = template.create();
      const program = compileTraining(network, propagate(network), 2, CPU_TARGET);
      expect(program.states.length).toBeGreaterThan(0);
    },
  );
});
