import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface HttpGateway {
  url: string;
  received: { leaf: string; bytes: Uint8Array }[];
  /** Waits for the next answer to the device. */
  push(bytes: Uint8Array): void;
  /** Connections break; the next request is answered again. */
  dropLink(): void;
  hangAcks(isOn: boolean): void;
  refuse(isOn: boolean): void;
  stop(): Promise<void>;
}

/** The other end of HTTP without a gateway: keeps what it gets, says what it is told to. */
export async function httpGateway(): Promise<HttpGateway> {
  const received: HttpGateway['received'] = [];
  const sockets = new Set<Socket>();
  let waiting: Uint8Array[] = [];
  let isHanging = false;
  let isRefusing = false;
  let isDropping = false;

  function answer(response: ServerResponse): void {
    const messages = Buffer.concat(waiting);
    waiting = [];
    response.writeHead(messages.length === 0 ? 204 : 200, { 'content-type': 'application/cbor-seq' });
    response.end(messages);
  }

  const server = createServer((request, response) => {
    if (isDropping) {
      isDropping = false;
      request.socket.destroy();
      return;
    }
    if (isRefusing) {
      response.writeHead(401).end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'POST') {
        received.push({
          leaf: request.url!.split('/').at(-1)!,
          bytes: new Uint8Array(Buffer.concat(chunks)),
        });
        if (isHanging) return;
      }
      answer(response);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    push: (bytes) => void waiting.push(bytes),
    dropLink() {
      isDropping = true;
      for (const socket of sockets) socket.destroy();
    },
    hangAcks: (isOn) => {
      isHanging = isOn;
    },
    refuse: (isOn) => {
      isRefusing = isOn;
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
