import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createClient } from '#contract/client.ts';
import { CallError, call, defineContract } from '#contract/define.ts';
import { type Handlers, serve } from '#contract/serve.ts';
import { nodePort } from '../node-port.ts';

const contract = defineContract({
  calls: {
    double: call(z.strictObject({ value: z.number().max(100) }), z.number()),
    bytes: call(z.strictObject({}), z.custom<Uint8Array>()),
    fail: call(z.strictObject({ refuse: z.boolean() }), z.void()),
    forever: call(z.strictObject({}), z.void()),
  },
  events: { tick: z.object({ values: z.custom<Float32Array>() }) },
});

const handlers: Handlers<typeof contract> = {
  double: ({ value }) => 2 * value,
  bytes: () => Uint8Array.of(1, 2, 3),
  fail: ({ refuse }) => {
    if (refuse) throw new CallError('refused', 'Not today.');
    throw new Error('It broke.');
  },
  forever: () => new Promise(() => undefined),
};

/** Both sides of the contract, joined by a channel. */
function connect() {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  const server = serve(contract, nodePort(port1), handlers);
  return { client: createClient(contract, nodePort(port2)), server, raw: port2 };
}

describe('a contract over a channel', () => {
  it('answers calls, typed arrays included', async () => {
    const { client } = connect();
    expect(await client.call('double', { value: 21 })).toBe(42);
    expect(await client.call('bytes', {})).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('delivers events to those who listen, until they stop', async () => {
    const { client, server } = connect();
    const heard: Float32Array[] = [];
    const stop = client.on('tick', ({ values }) => heard.push(values));
    server.emit('tick', { values: Float32Array.of(1) });
    await client.call('double', { value: 1 });
    stop();
    server.emit('tick', { values: Float32Array.of(2) });
    await client.call('double', { value: 1 });
    expect(heard).toEqual([Float32Array.of(1)]);
  });

  it('refuses input that does not fit the schema, and calls that do not exist', async () => {
    const { client } = connect();
    await expect(client.call('double', { value: 1000 })).rejects.toMatchObject({ code: 'bad-input' });
    await expect(client.call('double', { value: 'x' } as never)).rejects.toThrow(/^double: value needs a number\.$/);
    await expect(client.call('double', {} as never)).rejects.toThrow(/^double: value is missing\.$/);
    await expect(client.call('double', undefined as never)).rejects.toThrow(/^double: its input is missing\.$/);
    await expect(client.call('double', { value: 1, more: true } as never)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(client.call('toString' as never, {} as never)).rejects.toThrow('There is no call "toString"');
    await expect(client.call('__proto__' as never, {} as never)).rejects.toThrow('There is no call');
  });

  it('tells why a call was refused or failed', async () => {
    const { client } = connect();
    await expect(client.call('fail', { refuse: true })).rejects.toMatchObject({
      code: 'refused',
      message: 'Not today.',
    });
    await expect(client.call('fail', { refuse: false })).rejects.toMatchObject({
      code: 'failed',
      message: 'It broke.',
    });
  });

  it('takes no notice of messages that are no calls', async () => {
    const { client, raw } = connect();
    for (const nonsense of [null, 7, 'x', {}, { type: 'call' }, { type: 'call', id: -1, name: 'double', input: {} }]) {
      raw.postMessage(nonsense);
    }
    expect(await client.call('double', { value: 2 })).toBe(4);
  });

  it('takes no notice of answers that are none', async () => {
    const { port1, port2 } = new MessageChannel();
    onTestFinished(() => port1.close());
    const client = createClient(contract, nodePort(port2));
    const waiting = client.call('double', { value: 2 });
    const nonsense = [
      null,
      undefined,
      7,
      {},
      { type: 'reply' },
      { type: 'reply', id: 1 },
      { type: 'reply', id: 1, reply: {} },
    ];
    for (const one of nonsense) port1.postMessage(one);
    port1.postMessage({ type: 'reply', id: 1, reply: { ok: true, value: 4 } });
    expect(await waiting).toBe(4);
  });

  it('ends calls under way when the other side is gone, and refuses new ones', async () => {
    const { client, server } = connect();
    const reasons: string[] = [];
    client.onClose((reason) => reasons.push(reason));
    const waiting = client.call('forever', {});
    server.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(client.call('double', { value: 1 })).rejects.toMatchObject({ code: 'closed' });
    expect(reasons).toEqual(['closed']);
  });
});
