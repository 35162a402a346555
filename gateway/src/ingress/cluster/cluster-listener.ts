import { hostname } from 'node:os';
import { type Link, weakestLink } from '@usewire/protocol/seal';
import { parseTopic, topicFor, topicRoot } from '@usewire/protocol/wire';
import type { DeviceEntry } from '../../domain/device-entry.ts';
import type { AckTarget, DeviceId } from '../../domain/ports.ts';
import { isLoopback } from '../identity.ts';
import { ClusterConnection } from './cluster-connection.ts';
import type { ClusterListener, ClusterListenerPorts, FullClusterOptions } from './cluster-types.ts';

/** A device that was heard over the cluster. */
interface Seat {
  device: DeviceEntry;
  /** It hears over the connection that it was heard over last, so that what is sent to it stays in order. */
  at: number;
  /** The registry has said so, and has not changed since. */
  isAdmitted: boolean;
}

/** Devices behind an MQTT cluster, which has authenticated them: who a message is from is what its topic says. */
export function clusterListener(options: FullClusterOptions, ports: ClusterListenerPorts): ClusterListener {
  const seats = new Map<string, Seat>();
  const hop = hopOf(options);
  let connections: ClusterConnection[] = [];
  let pressure = false;

  /** null = it may not send. */
  function seatOf(id: DeviceId, at: number): Seat | null {
    const key = `${id.tenant}.${id.device}`;
    const known = seats.get(key);
    if (known?.isAdmitted) {
      known.at = at;
      return known;
    }
    const answer = ports.admit(id);
    if (!answer.ok) {
      if (known !== undefined) ports.ended(known.device);
      seats.delete(key);
      return refuse(answer.reason);
    }
    const device = known?.device ?? ports.session(id, hop, `cluster ${options.group}`);
    const seat = { device, at, isAdmitted: true };
    seats.set(key, seat);
    return seat;
  }

  function refuse(reason: string): null {
    ports.refused(reason);
    ports.messageRefused('publish-topic');
    return null;
  }

  function message(
    at: number,
    topic: string,
    payload: Uint8Array,
    answer: { target: AckTarget | null; token: number },
  ): 'later' | 'refused' {
    const id = parseTopic(topic);
    const seat = id === null ? refuse('cluster-topic') : seatOf(id, at);
    if (id === null || seat === null) return 'refused';
    const { seal } = seat.device;
    const before = seal.latest;
    // Nobody knows how long the cluster has kept it.
    const arrival = { ...answer, onStatus: id.leaf === 'st', linkAgeMs: null };
    const taken = ports.take(seat.device, payload, arrival);
    // A hello or bye begins what is a connection elsewhere: a will is as old as that (POU-SEAL-15).
    if (arrival.onStatus && seal.latest !== before) seal.latestBefore = before;
    return taken === null ? 'refused' : 'later';
  }

  function connect(at: number): ClusterConnection {
    const urls = [...options.urls.slice(at % options.urls.length), ...options.urls].slice(
      0,
      options.urls.length,
    );
    const own = `${topicRoot}/+/+`;
    const share = options.shared ? `$share/${options.group}/${own}` : own;
    const connection = new ClusterConnection(
      {
        ...options,
        urls,
        clientId: `${options.clientId}-${at + 1}`,
        subscriptions: [`${share}/up`, `${share}/st`],
      },
      {
        ...{ clock: ports.clock, scheduler: ports.scheduler, log: ports.log, acked: ports.acked },
        message: (topic, payload, target, token) => message(at, topic, payload, { target, token }),
      },
    );
    if (pressure) connection.setPressure(true);
    return connection;
  }

  return {
    open() {
      connections = Array.from({ length: options.connections }, (_, at) => connect(at));
    },
    send(id, payload) {
      const seat = seats.get(`${id.tenant}.${id.device}`);
      if (seat === undefined) return;
      const sent = connections[seat.at]?.publish(topicFor(id.tenant, id.device, 'dn'), payload);
      if (sent === false) ports.refused('cluster-unsent');
    },
    status: () => connections.map((connection) => connection.status()),
    setPressure(on) {
      pressure = on;
      for (const connection of connections) connection.setPressure(on);
    },
    recheck(id) {
      const seat = seats.get(`${id.tenant}.${id.device}`);
      if (seat !== undefined) seat.isAdmitted = false;
    },
    close: async () => {
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}

/** The weaker one of the two ways: devices to the cluster, which only the operator knows, and the cluster to here. */
function hopOf({ devices, urls, tls }: FullClusterOptions): Link {
  const own = urls.map((url): Link => {
    const { protocol, hostname: host } = new URL(url);
    if (isLoopback(host)) return 'loopback';
    if (protocol === 'mqtt:') return 'plain';
    return tls?.cert === undefined ? 'tls' : 'mtls';
  });
  return weakestLink([devices, ...own]);
}

/** Stays over restarts of the gateway, and is another one on each machine. */
export function defaultClientId(): string {
  return `usewire-${hostname()
    .replace(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 40)}`;
}
