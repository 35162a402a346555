import { countRefusedMessage, type RefusedMessage } from './domain/books.ts';
import type { LoginAnswer } from './domain/credentials.ts';
import type { IntakeContext } from './domain/intake-context.ts';
import type { ClusterConnectionStatus, DeviceId, Downlink, SerialPortStatus } from './domain/ports.ts';
import type { GatewayAddresses, GatewayPorts } from './gateway-types.ts';
import { clusterListener } from './ingress/cluster/cluster-listener.ts';
import { httpListener } from './ingress/http/http-listener.ts';
import { identifier } from './ingress/identity.ts';
import { mqttListener } from './ingress/mqtt-listener.ts';
import { openPort } from './ingress/serial/open-port.ts';
import { serialListener } from './ingress/serial/serial-listener.ts';
import { type LinkHabits, type LinkKind, linkPorts } from './link-ports.ts';
import type { FullOptions } from './options.ts';
import type { LiveRegistry } from './registry/live-registry.ts';
import { systemScheduler } from './system.ts';

export interface LinkParts {
  options: FullOptions;
  ports: GatewayPorts;
  context: IntakeContext;
  registry: LiveRegistry | null;
  isReady(): boolean;
}

/** Every way by which devices come, as one. */
export interface Links extends Downlink {
  /** From now on devices come in. */
  open(): Promise<Pick<GatewayAddresses, 'mqttPort' | 'mqttsPort' | 'httpIngressPort'>>;
  reloadCertificates(): void;
  connections(): number;
  unidentified(): number;
  serialPorts(): SerialPortStatus[];
  clusterConnections(): ClusterConnectionStatus[];
  setPressure(on: boolean): void;
  /** The registry says something else of a device now. */
  recheck(id: DeviceId): void;
  /** No new connections; those that are open stay. */
  stopAccepting(): Promise<void>;
  close(): Promise<void>;
}

/** Wrong certificates of the gateway itself reject; nothing is opened then. */
export async function makeLinks(parts: LinkParts): Promise<Links> {
  const { options, registry } = parts;
  const mqtt = await makeMqtt(parts);
  const serial = makeSerial(parts);
  const cluster = makeCluster(parts);
  const http = makeHttp(parts);
  const all = [mqtt, serial, cluster, http].filter((link) => link !== null);
  return {
    // A device hears on the link that it has; one that has two hears twice, which changes nothing.
    send(id, payload) {
      for (const link of all) link.send(id, payload);
    },
    async open() {
      const addresses = await mqtt.listen();
      const httpIngressPort = (await http?.listen()) ?? 0;
      serial.open();
      cluster?.open();
      return { ...addresses, httpIngressPort };
    },
    reloadCertificates() {
      mqtt.reloadCertificates();
      http?.reloadCertificates();
    },
    connections: mqtt.connections,
    unidentified: mqtt.unidentified,
    serialPorts: serial.status,
    clusterConnections: () => cluster?.status() ?? [],
    setPressure(on) {
      for (const link of all) link.setPressure(on);
    },
    recheck(id) {
      if (registry === null || options.identity.mode !== 'registry') return;
      for (const link of all) link.recheck(id, (credential) => registry.stillHolds(id, credential));
    },
    stopAccepting: async () => {
      await Promise.all([mqtt.stopAccepting(), http?.stopAccepting()]);
    },
    close: async () => {
      await Promise.all(all.map((link) => link.close()));
    },
  };
}

/** What links have in common. */
function common({ context, isReady }: LinkParts, link: LinkKind, habits?: LinkHabits) {
  const { clock, log, counters } = context;
  return {
    ...{ clock, log, scheduler: systemScheduler },
    ...linkPorts(context, link, isReady, habits),
    acked: (count: number) => {
      counters.acks += count;
    },
    /** A message that the link refused before anybody looked into it. */
    messageRefused: (reason: RefusedMessage) => {
      counters.arrived += 1;
      countRefusedMessage(counters, reason);
    },
  };
}

function makeMqtt(parts: LinkParts) {
  const { mqtt, guard, tls } = parts.options;
  return mqttListener({ ...mqtt, ...guard, tls }, { ...common(parts, 'mqtt'), identify: identifyOf(parts) });
}

function identifyOf({ options: { identity }, registry }: LinkParts) {
  return identifier(identity, identity.mode === 'registry' ? registry : null);
}

function makeHttp(parts: LinkParts) {
  const { http, guard, mqtt } = parts.options;
  if (http === null) return null;
  const { maxConnectionsPerAddress, device } = guard;
  const timeouts = { requestTimeoutMs: guard.packetTimeoutMs, headTimeoutMs: mqtt.connectTimeoutMs };
  // A request that is over is no sign that something was lost.
  const habits = { tellsStored: true, endsAs: 'offline' } as const;
  return httpListener(
    { ...http, ...timeouts, maxConnectionsPerAddress, device },
    { ...common(parts, 'http', habits), identify: identifyOf(parts) },
  );
}

/** Where who it is is said by others: the configuration names a port's device, and a cluster has authenticated who sends. */
function admitNamed({ options, registry }: LinkParts, id: DeviceId): LoginAnswer {
  const isRegistered = options.identity.mode === 'registry' && registry !== null;
  return isRegistered ? registry.checkPort(id) : { ok: true, credential: 'configured' };
}

function makeSerial(parts: LinkParts) {
  const { serialPorts, guard } = parts.options;
  return serialListener(serialPorts, guard.device, {
    ...common(parts, 'serial'),
    open: parts.ports.openSerial ?? openPort,
    admit: (id) => admitNamed(parts, id),
  });
}

function makeCluster(parts: LinkParts) {
  const { cluster } = parts.options;
  if (cluster === null) return null;
  return clusterListener(cluster, {
    ...common(parts, 'cluster', { tellsStored: cluster.acks }),
    admit: (id) => admitNamed(parts, id),
  });
}
