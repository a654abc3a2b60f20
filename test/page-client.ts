/** What a page of the server does, without a browser: the contract over a WebSocket. */
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type AppContract, appContract } from '#contract/app/index.ts';
import { type Client, createClient } from '#contract/client.ts';
import { packMessage, unpackMessage } from '#contract/message-pack.ts';
import { portTransport } from '#contract/transport.ts';

/** Connects to the server at this address, token included. */
export async function connectPage(url: string): Promise<Client<AppContract>> {
  const socket = new WebSocket(new URL('socket', url.replace('http', 'ws')), { origin: new URL(url).origin });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const port = { postMessage: (message: unknown) => socket.send(packMessage(message)), close: () => socket.close() };
  return createClient(
    appContract,
    portTransport(port, (onMessage, onClose) => {
      socket.on('message', (data) => onMessage(unpackMessage(data as Buffer)));
      socket.on('close', () => onClose('The server has ended.'));
      socket.on('error', () => socket.terminate());
    }),
  );
}

/** The same, for the time of a test. */
export async function openClient(url: string): Promise<Client<AppContract>> {
  const client = await connectPage(url);
  onTestFinished(() => client.close());
  return client;
}
