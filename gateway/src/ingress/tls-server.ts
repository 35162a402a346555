import { constants } from 'node:crypto';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Log } from '../domain/ports.ts';
import { certificateClaim } from './certificate-claim.ts';
import type { CertificateClaim } from './identity.ts';
import { listen } from './listen.ts';
import { fingerprint, readTlsFiles, type TlsFiles, type TlsMaterial } from './tls-files.ts';

export interface TlsServerOptions {
  host: string;
  port: number;
  files: TlsFiles;
  requireClientCertificate: boolean;
  maxConnections: number;
  handshakeTimeoutMs: number;
}

export interface TlsServerPorts {
  accept(socket: TLSSocket, certificate: CertificateClaim): void;
  refused(reason: string): void;
  log: Log;
}

export interface TlsServer {
  listen(): Promise<number>;
  /** Reads the files again, now; they are also looked at every second. Open connections stay. */
  reload(): void;
  stopAccepting(): void;
  close(): void;
}

const LOOK_EVERY_MS = 1_000;

/** Throws a `TlsFileError` when the files cannot be used. */
export function tlsServer(options: TlsServerOptions, ports: TlsServerPorts): TlsServer {
  const { files } = options;
  const server = makeServer(options, ports, told(readTlsFiles(files), ports.log));
  let seen: string | null = null;

  function reload(): void {
    try {
      server.setSecureContext(contextOf(told(readTlsFiles(files), ports.log)));
    } catch (error) {
      // What is in use stays in use: a renewal that went wrong is no reason to lose the devices.
      ports.log.error('tls.not-reloaded', { problem: (error as Error).message });
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
  return {
    async listen() {
      await look();
      return listen(server, options);
    },
    reload,
    stopAccepting: () => {
      if (server.listening) server.close();
    },
    close: () => clearInterval(timer),
  };
}

function makeServer(options: TlsServerOptions, ports: TlsServerPorts, material: TlsMaterial): Server {
  const { files, requireClientCertificate, maxConnections, handshakeTimeoutMs } = options;
  const asksForCertificate = files.clientCa !== undefined;
  const server = createServer({
    ...contextOf(material),
    requestCert: asksForCertificate,
    // Judged at CONNECT, see `certificateClaim`.
    rejectUnauthorized: false,
    handshakeTimeout: handshakeTimeoutMs,
  });
  // Those in the handshake count: nobody holds more sockets than devices may.
  server.maxConnections = maxConnections;
  server.on('drop', () => ports.refused('max-connections'));
  server.on('tlsClientError', () => ports.refused('tls-handshake'));
  server.on('secureConnection', (socket) => {
    const certificate = asksForCertificate
      ? certificateClaim(socket, requireClientCertificate)
      : ({ kind: 'none' } as const);
    ports.accept(socket, certificate);
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
