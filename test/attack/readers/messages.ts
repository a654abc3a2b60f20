import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { appContract } from '#contract/app/index.ts';
import type { ChildLike } from '#contract/child-process.ts';
import { createClient } from '#contract/client.ts';
import type { Contract } from '#contract/define.ts';
import { CallError } from '#contract/define.ts';
import { type EngineContract, engineContract } from '#contract/engine.ts';
import { packMessage, unpackMessage } from '#contract/message-pack.ts';
import { type Handlers, type Server, serve } from '#contract/serve.ts';
import type { Transport } from '#contract/transport.ts';
import { exportOnnx } from '#core/export/onnx.ts';
import { formatDesign } from '#core/project/design-file.ts';
import type { Random } from '#core/random.ts';
import { blankDesign, findTemplate } from '#core/templates/index.ts';
import { DEFAULT_TRAINING } from '#core/training/settings.ts';
import { Host } from '#main/host/host.ts';
import { initialValues, readDesign } from '#main/training/compiled-design.ts';
import { Engine } from '#main/training/engine.ts';
import { writeDigits } from '../../idx-files.ts';
import { chain, conv, input } from '../../networks.ts';
import { rawMessage } from '../judge.ts';
import { mutateBytes, mutateValue, pick } from '../mutate.ts';
import { need, type Read, type Reader } from './define.ts';

const RUNS = join(import.meta.dirname, '..', '..', 'fixtures', 'runs', 'version-1');
const RUN = '2026-01-01-run';

/** Two transports of which each gets what the other sends, as bytes would carry it. */
function linked(): readonly [Transport, Transport] {
  const ends = [0, 1].map(() => ({ take: (_: unknown): void => undefined, closed: (_: string): void => undefined }));
  const transport = (i: number): Transport => ({
    send: (message) => {
      const copy = structuredClone(message);
      queueMicrotask(() => ends[1 - i]?.take(copy));
    },
    onMessage: (listener) => void Object.assign(ends[i] as object, { take: listener }),
    onClose: (listener) => void Object.assign(ends[i] as object, { closed: listener }),
    close: () => ends[1 - i]?.closed('closed'),
  });
  return [transport(0), transport(1)];
}

interface Reply {
  readonly type: string;
  readonly id: number;
  readonly reply: { readonly ok: boolean; readonly error?: { readonly message: string } };
}

/** Sends messages, and waits for the answer to each. */
class Asker {
  readonly #transport: Transport;
  readonly #waiting = new Map<number, (reply: Reply['reply']) => void>();
  #id = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.onMessage((received) => {
      const { type, id, reply } = received as Reply;
      if (type === 'reply') this.#waiting.get(id)?.(reply);
      this.#waiting.delete(id);
    });
    transport.onClose(() => need(false, 'an answer could not be sent'));
  }

  send(message: unknown): void {
    this.#transport.send(message);
  }

  ask(name: string, given: unknown): Promise<Reply['reply']> {
    this.#id += 1;
    const id = this.#id;
    const reply = new Promise<Reply['reply']>((resolve) => this.#waiting.set(id, resolve));
    this.send({ type: 'call', id, name, input: given });
    return reply;
  }
}

/** Keeps changed inputs from naming files anywhere else than in a folder made for them. */
function confined(value: unknown, paths: readonly string[], random: Random): unknown {
  if (Array.isArray(value)) return value.map((part) => confined(part, paths, random));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      const names = key === 'path' || key === 'folder';
      if (names && typeof part === 'string') return [key, paths.includes(part) ? part : pick(random, paths)];
      return [key, confined(part, paths, random)];
    }),
  );
}

function smallDesign() {
  const network = chain(input(1, 28), conv(2, 3, 3), ['ReLU'], ['Flatten'], ['Dense', { units: 10 }], ['Softmax']);
  return { ...blankDesign(), id: '3f2c7e0a-5d5e-4f0c-9d6b-0a6a4a0f7a11', name: 'Small', network };
}

/** What the calls of both contracts speak of: designs, a data set, a model, a run. */
function fill(folder: string) {
  const text = formatDesign(smallDesign());
  const at = (name: string) => join(folder, name);
  writeDigits(at('digits'), 40);
  cpSync(RUNS, at('run'), { recursive: true });
  const compiled = readDesign(text);
  const { design, report } = compiled;
  const { name, network, classLabels } = design;
  const parts = { name, network, report, classLabels, design: text, loss: design.training.loss };
  writeFileSync(at('x.onnx'), exportOnnx({ ...parts, tensors: initialValues(compiled), producerVersion: 'test' }));
  const paths = [at('digits'), at('run'), at('x.onnx'), at('missing'), at('a\0b'), '', 'x'.repeat(5000), folder];
  const lenet = formatDesign(findTemplate('lenet5')?.create() ?? blankDesign());
  return { text, lenet, at, paths };
}

type Inputs = Readonly<Record<string, unknown>>;

/** Calls with changed inputs, now and then with a changed envelope, and judges the answers. */
function calling(contract: Contract, asker: Asker, inputs: Inputs, paths: readonly string[]): Read {
  const names = Object.keys(inputs);
  const all = Object.values(inputs);
  return async (random) => {
    const name = pick(random, names);
    // As it is now and then, so that there is something that the others can go wrong with.
    const changed = random.uniform() < 0.3 ? inputs[name] : mutateValue(random, inputs[name], all);
    const given = confined(changed, paths, random);
    if (random.uniform() < 0.1) asker.send(mutateValue(random, { type: 'call', id: -1, name: 'x', input: given }));
    const { ok, error } = await asker.ask(
      random.uniform() < 0.02 ? pick(random, ['__proto__', 'toString']) : name,
      given,
    );
    if (ok) return true;
    const raw = rawMessage(error?.message ?? '');
    if (raw !== undefined) throw new TypeError(`${name}: ${raw}`);
    need(Object.hasOwn(contract.calls, name), 'there is no such call');
    return false;
  };
}

/** An engine that starts no training and tries no device: those take seconds, and are no readers. */
function quietEngine(transport: Transport): Server<EngineContract> {
  const emit: Server<EngineContract>['emit'] = (name, payload) => server.emit(name, payload);
  const refused = () => {
    throw new CallError('refused', 'Not here.');
  };
  const handlers: Handlers<EngineContract> = {
    ...new Engine(emit).handlers,
    'devices.possible': () => [],
    'device.try': refused,
    'run.start': ({ run, design }) => {
      readDesign(design);
      emit('run.status', { run, status: 'failed', message: 'Not here.', diverged: false });
    },
    'run.continue': ({ run }) => emit('run.status', { run, status: 'failed', message: 'Not here.', diverged: false }),
  };
  const server = serve(engineContract, transport, handlers);
  return server;
}

const engineCalls: Reader = {
  name: 'calls of the training process',
  share: 8000,
  open: (folder) => {
    const { text, lenet, at, paths } = fill(folder);
    const [ours, theirs] = linked();
    quietEngine(theirs);
    const source = { type: 'folder', path: at('digits') };
    const trials = [{ device: 'cpu', usable: true, reason: '', imagesPerSecond: 100 }];
    const augment = { settings: { ...DEFAULT_TRAINING, rotation: 10, crop: 2, mixup: 0.2 }, epoch: 1 };
    const inputs: Inputs = {
      'data.describe': { source },
      'data.samples': { source, begin: 0, count: 3, augment },
      'design.memory': { design: lenet, available: 1e9 },
      'devices.list': { trials },
      'run.start': {
        run: RUN,
        design: text,
        source,
        ranges: { train: { begin: 0, end: 30 } },
        device: 'cpu',
        trials,
        steps: 1,
      },
      'run.inspect': { folder: at('run') },
      'run.watch': { run: RUN, filters: true, activations: [0, 1] },
      'run.filters': { run: RUN, layer: 'conv1' },
      'run.saveAs': { run: RUN, folder: at('missing') },
      'run.discard': { run: RUN },
      'model.export': {
        design: text,
        path: at('x.onnx'),
        source,
        weights: { type: 'checkpoint', path: join(at('run'), 'best.safetensors'), design: text, steps: 3 },
      },
      'model.evaluate': { path: at('x.onnx'), source, range: { begin: 0, end: 10 } },
    };
    return calling(engineContract, new Asker(ours), inputs, [...paths, join(at('run'), 'best.safetensors')]);
  },
};

/** A training process that is none: it works here. */
function engineHere(): ChildLike {
  const [ours, theirs] = linked();
  quietEngine(theirs);
  return {
    send: (message) => ours.send(message),
    onMessage: (listener) => ours.onMessage(listener),
    onExit: () => undefined,
    kill: () => undefined,
  };
}

const appCalls: Reader = {
  name: 'calls of pages',
  share: 8000,
  open: async (folder) => {
    const { text, lenet, at, paths } = fill(folder);
    const [ours, theirs] = linked();
    const designs = at('designs');
    const host = new Host({
      shell: 'browser',
      designsFolder: designs,
      stateFolder: at('state'),
      runtime: 'test',
      spawnTraining: engineHere,
      pickDesign: async () => null,
      pickDataFolder: async () => null,
      exportTarget: async () => ({ path: at('out.onnx'), download: null }),
    });
    mkdirSync(join(at('state'), 'runs'), { recursive: true });
    cpSync(RUNS, join(at('state'), 'runs', RUN), { recursive: true });
    host.connect(theirs);
    const asker = new Asker(ours);
    const client = { call: async (name: string, given: unknown) => (await asker.ask(name, given)) as unknown };
    const { value: data } = (await client.call('data.add', { path: at('digits') })) as { value: { id: string } };
    const { value: opened } = (await client.call('designs.create', { text })) as {
      value: { id: string; revision: string };
    };
    const reference = { id: data.id, name: 'digits' };
    const run = { run: RUN };
    const inputs: Inputs = {
      'app.describe': {},
      'designs.recent': {},
      'designs.open': { id: opened.id },
      'designs.read': { id: opened.id },
      'designs.create': { text: lenet },
      'designs.save': { id: opened.id, text, revision: opened.revision },
      'data.list': {},
      'data.add': { path: at('digits') },
      'data.describe': { data: reference },
      'data.samples': { data: reference, begin: 0, count: 2 },
      'devices.list': {},
      'devices.memory': { design: text },
      'runs.list': {},
      'runs.start': { design: text, data: reference, device: 'cpu' },
      'runs.follow': run,
      'runs.unfollow': run,
      'runs.watch': { ...run, filters: true, activations: 0 },
      'runs.filters': { ...run, layer: 'conv1' },
      'runs.pause': run,
      'runs.stop': run,
      'runs.resume': run,
      'runs.data': run,
      'runs.samples': { ...run, begin: 0, count: 2 },
      'models.weights': { design: text, ...run },
      'models.export': { design: text, data: reference, ...run },
    };
    const read = calling(appContract, asker, inputs, paths);
    let turns = 0;
    return async (random) => {
      // Each design gets a free name, for which more and more names are tried.
      turns += 1;
      if (turns % 50 === 0) rmSync(designs, { recursive: true, force: true });
      return read(random);
    };
  },
};

/** Messages as both sides send them. */
const MESSAGES: readonly unknown[] = [
  { type: 'call', id: 1, name: 'designs.open', input: { id: 'x' } },
  { type: 'call', id: 2, name: 'runs.watch', input: { run: RUN, filters: true, activations: null } },
  { type: 'reply', id: 1, reply: { ok: true, value: { shape: [1, 2, 2], pixels: new Uint8Array(4), labels: [1] } } },
  { type: 'reply', id: 1, reply: { ok: false, error: { code: 'refused', message: 'No.' } } },
  { type: 'event', name: 'runs.steps', payload: { run: RUN, losses: Float32Array.of(1, 2), every: 2 ** 33, first: 1 } },
  { type: 'event', name: 'designs.waiting', payload: {} },
];

const packed: Reader = {
  name: 'packed messages',
  share: 39_000,
  open: () => {
    const valid = MESSAGES.map((message) => Uint8Array.from(packMessage(message)));
    const none = {} as Handlers<typeof appContract>;
    return async (random) => {
      const whole = random.uniform() < 0.4;
      const bytes = whole
        ? packMessage(mutateValue(random, pick(random, MESSAGES), MESSAGES))
        : mutateBytes(random, pick(random, valid), valid);
      const message = unpackMessage(bytes);
      // Main's side.
      const [ours, theirs] = linked();
      serve(appContract, theirs, none);
      ours.onMessage((reply) => {
        const { error } = (reply as Reply).reply;
        const raw = rawMessage(error?.message ?? 'No message');
        need(raw === undefined || /is not a function/.test(raw), `the answer is a ${raw}`);
      });
      ours.send(message);
      // The page's side, which waits for an answer.
      const [page, main] = linked();
      const client = createClient(appContract, page);
      client.on('runs.steps', () => undefined);
      const waits = client.call('designs.open', { id: 'x' });
      waits.catch(() => undefined);
      main.send(message);
      await setImmediate();
      return true;
    };
  },
};

export const messageReaders: readonly Reader[] = [packed, appCalls, engineCalls];
