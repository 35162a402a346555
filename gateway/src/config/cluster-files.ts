import { type Fault, received } from './faults.ts';
import type { GatewayConfig, ParsedConfig } from './schema.ts';
import { readSecretFile } from './token-file.ts';

type Parsed = NonNullable<ParsedConfig['cluster']>;

/** Reads the password from its file, if it is in one. */
export function clusterFiles(
  cluster: ParsedConfig['cluster'],
  inBase: (path: string) => string,
): { cluster: GatewayConfig['cluster']; faults: Fault[] } {
  if (cluster === undefined) return { cluster, faults: [] };
  const { passwordFile, ...rest } = cluster;
  const tls = cluster.tls && absolute(cluster.tls, inBase);
  if (passwordFile === undefined) return { cluster: { ...rest, tls }, faults: [] };
  const read = readSecretFile(inBase(passwordFile));
  if (read.ok) return { cluster: { ...rest, tls, password: read.secret }, faults: [] };
  const message = `received ${received(passwordFile)}, expected a file that holds the password: ${read.problem}`;
  return { cluster: undefined, faults: [{ path: ['cluster', 'passwordFile'], message }] };
}

function absolute({ ca, cert, key }: NonNullable<Parsed['tls']>, inBase: (path: string) => string) {
  const full = (path: string | undefined) => (path === undefined ? undefined : inBase(path));
  return { ca: full(ca), cert: full(cert), key: full(key) };
}
