import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Log } from '../domain/ports.ts';
import { certificateClaim } from './certificate-claim.ts';
import type { CertificateClaim } from './identity.ts';
import { fingerprint, readTlsFiles, type TlsFiles, type TlsMaterial } from './tls-files.ts';

export interface TlsServerOptions {
  files: TlsFiles;
  requireClientCertificate: boolean;
  /** How errors name the files; default `listen.mqtts`. */
  name?: string;
}

export interface HandshakePorts {
  secured(socket: TLSSocket, certificate: CertificateClaim): void;
  /** The socket ended before. */
  failed(): void;
}

/** Listens nowhere: it is given sockets when it is their turn. */
export interface TlsServer {
  secure(socket: Socket, ports: HandshakePorts): void;
  /** Reads the files again, now; they are also looked at every second. Open connections stay. */
  reload(): void;
  close(): void;
}

const LOOK_EVERY_MS = 1_000;

/** Throws a `TlsFileError` when the files cannot be used. */
export function tlsServer(options: TlsServerOptions, log: Log): TlsServer {
  const { files, name } = options;
  const underWay = new Map<string, HandshakePorts>();
  const server = makeServer(options, underWay, told(readTlsFiles(files, name), log));
  let seen: string | null = null;

  function reload(): void {
    try {
      server.setSecureContext(contextOf(told(readTlsFiles(files, name), log)));
    } catch (error) {
      // What is in use stays in use: a renewal that went wrong is no reason to lose the devices.
      log.error('tls.not-reloaded', { problem: (error as Error).message });
    }
  }

  async function look(): Promise<void> {
    const now = await fingerprint(files);
    const isChanged = seen !== null && now !== seen;
    seen = now;
    if (isChanged) reload();
  }

  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  void look();
  return {
    secure(socket, ports) {
      const key = keyOf(socket);
      underWay.set(key, ports);
      socket.once('close', () => {
        if (underWay.delete(key)) ports.failed();
      });
      server.emit('connection', socket);
    },
    reload,
    close: () => clearInterval(timer),
  };
}

/** What a TLS socket has in common with the one below it, which it does not name. */
function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

function makeServer(
  options: TlsServerOptions,
  underWay: Map<string, HandshakePorts>,
  material: TlsMaterial,
): Server {
  const { files, requireClientCertificate } = options;
  const asksForCertificate = files.clientCa !== undefined;
  const server = createServer({
    ...contextOf(material),
    requestCert: asksForCertificate,
    // Judged at CONNECT, see `certificateClaim`.
    rejectUnauthorized: false,
  });
  // The socket below ends with it, and is counted there.
  server.on('tlsClientError', () => {});
  server.on('secureConnection', (socket) => {
    const key = keyOf(socket);
    const ports = underWay.get(key);
    underWay.delete(key);
    const certificate = asksForCertificate
      ? certificateClaim(socket, requireClientCertificate)
      : ({ kind: 'none' } as const);
    // Without ports it is gone already.
    socket.on('error', () => {});
    if (ports === undefined) socket.destroy();
    else ports.secured(socket, certificate);
  });
  return server;
}

function contextOf({ cert, key, ca }: TlsMaterial) {
  // A resumed session would bring the verdict about a certificate from before: it may have ended, or its CA be gone.
  const secureOptions = ca === undefined ? 0 : constants.SSL_OP_NO_TICKET;
  return { cert, key, ca, secureOptions, minVersion: 'TLSv1.2' as const };
}

function told(material: TlsMaterial, log: Log): TlsMaterial {
  const validTo = new Date(material.validToMs).toISOString();
  if (material.validToMs < Date.now()) log.error('tls.certificate-expired', { validTo });
  else log.info('tls.loaded', { validTo });
  return material;
}
