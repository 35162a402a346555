import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { addressOf } from '../address.ts';
import { listen } from '../listen.ts';
import { type TlsServer, tlsServer } from '../tls-server.ts';
import type { HttpListenerOptions, HttpListenerPorts } from './http-types.ts';

/** Connections on their way to the server of requests: counted, over TLS where there are certificates. */
export interface HttpDoors {
  listen(): Promise<number>;
  reload(): void;
  stopAccepting(): Promise<void>;
  close(): void;
}

const MAX_HEAD_BYTES = 8_192;
const CHECK_EVERY_MS = 1_000;
/** Requests of one connection; a client begins a new one, and nothing of it grows for ever. */
const MAX_REQUESTS_A_CONNECTION = 10_000;

export function httpDoors(
  options: HttpListenerOptions,
  ports: Pick<HttpListenerPorts, 'log' | 'refused'>,
  onRequest: RequestListener,
): HttpDoors {
  const { cert, key } = options;
  const tls =
    cert === undefined || key === undefined
      ? null
      : tlsServer({ files: { cert, key }, requireClientCertificate: false, name: 'listen.http' }, ports.log);
  const requests = requestServer(options, onRequest);
  const open = new Map<string, number>();
  const sockets = new Set<Socket>();

  function arrived(socket: Socket): void {
    const address = addressOf(socket.remoteAddress);
    const count = (open.get(address) ?? 0) + 1;
    socket.on('error', () => {});
    if (sockets.size >= options.maxConnections || count > options.maxConnectionsPerAddress) {
      ports.refused(sockets.size >= options.maxConnections ? 'max-connections' : 'connections-address');
      socket.destroy();
      return;
    }
    open.set(address, count);
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = open.get(address)! - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
    if (tls === null) requests.emit('connection', socket);
    else secure(tls, socket);
  }

  function secure(server: TlsServer, socket: Socket): void {
    const timer = setTimeout(() => socket.destroy(), options.headTimeoutMs);
    server.secure(socket, {
      secured(tlsSocket) {
        clearTimeout(timer);
        requests.emit('connection', tlsSocket);
      },
      failed() {
        clearTimeout(timer);
        ports.refused('tls-handshake');
      },
    });
  }

  const server: TcpServer = createTcpServer({ noDelay: true }, arrived);
  return {
    listen: () => listen(server, options),
    reload: () => tls?.reload(),
    stopAccepting: () =>
      new Promise((resolve) => {
        if (!server.listening) resolve();
        else {
          server.close();
          resolve();
        }
      }),
    close() {
      tls?.close();
      for (const socket of sockets) socket.destroy();
      requests.close();
    },
  };
}

function requestServer(options: HttpListenerOptions, onRequest: RequestListener): Server {
  const server = createHttpServer(
    {
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: options.headTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      requireHostHeader: true,
    },
    onRequest,
  );
  server.maxRequestsPerSocket = MAX_REQUESTS_A_CONNECTION;
  // It is given its connections and never listens; from this event on it looks for those that are too slow.
  server.emit('listening');
  return server;
}
