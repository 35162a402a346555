import { fill } from './fill.ts';
import { defaultClientId } from './ingress/cluster/cluster-listener.ts';
import type { ClusterOptions, FullClusterOptions } from './ingress/cluster/cluster-types.ts';
import type { HttpOptions } from './ingress/http/http-options.ts';
import type { HttpListenerOptions } from './ingress/http/http-types.ts';
import { isLoopback } from './ingress/identity.ts';

export type FullHttpOptions = Pick<HttpListenerOptions, keyof HttpOptions>;

const CLUSTER: Omit<FullClusterOptions, 'urls' | 'clientId' | 'username' | 'password' | 'tls'> = {
  group: 'usewire',
  shared: true,
  connections: 4,
  receiveMaximum: 1_000,
  sessionExpirySeconds: 86_400,
  devices: 'plain',
  acks: true,
};

const HTTP: Omit<FullHttpOptions, 'cert' | 'key'> = {
  host: '127.0.0.1',
  port: 8_080,
  maxBodyBytes: 65_536,
  maxConnections: 1_000,
  allowOrigins: [],
};

/** Throws for an address that shows messages to the network, unless the word is given that this is a development gateway. */
export function clusterOptions(
  options: ClusterOptions | undefined,
  isDevelopment: boolean,
): FullClusterOptions | null {
  if (options === undefined) return null;
  const full = {
    ...fill(CLUSTER, options),
    clientId: options.clientId ?? defaultClientId(),
    urls: options.urls,
  };
  const { username, password, tls } = options;
  if (!full.shared && full.connections > 1)
    throw new Error('cluster.shared: false needs cluster.connections: 1, or each would bring every message');
  for (const url of full.urls) {
    if (isDevelopment || url.startsWith('mqtts://') || isLoopback(new URL(url).hostname)) continue;
    throw new Error(
      `MQTT without TLS shows the password and the data to the network, so the cluster must be reached by mqtts:// and not ${url}, ` +
        'or say developmentGateway: true',
    );
  }
  return { ...full, username, password, tls };
}

/** The same rule as for MQTT: off loopback TLS and authentication, unless this is a development gateway. Throws. */
export function httpOptions(
  options: HttpOptions | undefined,
  isDevelopment: boolean,
  identityMode: string,
): FullHttpOptions | null {
  if (options === undefined) return null;
  const { cert, key } = options;
  const full = { ...fill(HTTP, options), cert, key };
  if ((cert === undefined) !== (key === undefined)) throw new Error('http.cert and http.key come together');
  if (isDevelopment || isLoopback(full.host)) return full;
  const unless = 'or say developmentGateway: true';
  if (cert === undefined)
    throw new Error(
      `HTTP without TLS shows tokens and data to the network, so http.host must be a loopback address and not ${full.host}: give it cert and key, ${unless}`,
    );
  if (identityMode === 'development')
    throw new Error(
      `identity mode 'development' trusts every client, so http.host must be a loopback address and not ${full.host}: use mode 'registry' or 'tokens', ${unless}`,
    );
  return full;
}
