import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ClusterOptions } from './cluster-types.ts';

const DEFAULT_PORTS: Record<string, number> = { 'mqtt:': 1_883, 'mqtts:': 8_883 };

/** A socket on its way to an address of the cluster. Throws when a file of TLS cannot be read. */
export function clusterSocket(url: string, tls: ClusterOptions['tls']): Socket {
  const { protocol, hostname, port } = new URL(url);
  // An IPv6 address stands in brackets in an address, and without them everywhere else.
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const at = { host, port: port === '' ? DEFAULT_PORTS[protocol]! : Number(port), noDelay: true };
  if (protocol === 'mqtt:') return connectTcp(at);
  const read = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path));
  const files = { ca: read(tls?.ca), cert: read(tls?.cert), key: read(tls?.key) };
  // SNI carries names only (RFC 6066, section 3).
  const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  return connectTls({ ...at, ...files, ...servername, minVersion: 'TLSv1.2' });
}
