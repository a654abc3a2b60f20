import { type AppContract, appContract } from '#contract/app/index.ts';
import { type Client, createClient } from '#contract/client.ts';
import { connectPort } from './port.ts';
import { connectSocket } from './socket.ts';

export type Main = Client<AppContract>;

/** Connects the page to main: over a port in Electron, over a WebSocket in a browser. */
export async function connectMain(): Promise<Main> {
  const transport = window.location.protocol === 'app:' ? await connectPort() : await connectSocket();
  return createClient(appContract, transport);
}
