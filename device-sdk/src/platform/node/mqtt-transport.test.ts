import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { mqttTransport } from './mqtt-transport.ts';

/** Takes connections and never says a word. */
async function silentGateway(): Promise<{ port: number; taken: Promise<Socket>; close(): Promise<void> }> {
  const server = createServer();
  const taken = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, taken, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

describe('a transport that is closed', () => {
  it('leaves no socket behind when the gateway has not answered yet', async () => {
    const gateway = await silentGateway();
    const transport = mqttTransport({
      gateway: `mqtt://127.0.0.1:${gateway.port}`,
      tenant: 't',
      device: 'd',
    });
    const nothing = (): void => undefined;
    transport.open(new Uint8Array([1]), {
      onOpen: nothing,
      onClose: nothing,
      onAck: nothing,
      onMessage: nothing,
    });
    const socket = await gateway.taken;
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    // Else the end of the other side is never noticed.
    socket.resume();
    socket.on('error', nothing);
    transport.close();
    await transport.whenClosed();
    await ended;
    await gateway.close();
    expect(socket.destroyed).toBe(true);
  });
});
