import type { Socket } from 'node:net';
import type { DeviceEntry } from '../../domain/device-entry.ts';
import type { DeviceId } from '../../domain/ports.ts';
import { hopOf } from '../hop.ts';
import type { HttpListenerPorts } from './http-types.ts';

/** Devices that were let in over connections that are open: each once a connection, however many requests it makes. */
export interface HttpSeats {
  of(socket: Socket, id: DeviceId): DeviceEntry;
}

/** A connection through a proxy may carry requests of many devices. */
const MAX_SEATS_A_CONNECTION = 64;

export function httpSeats(ports: Pick<HttpListenerPorts, 'session' | 'ended'>): HttpSeats {
  const bySocket = new WeakMap<Socket, Map<string, DeviceEntry>>();

  function seatsOf(socket: Socket): Map<string, DeviceEntry> {
    const known = bySocket.get(socket);
    if (known !== undefined) return known;
    const seats = new Map<string, DeviceEntry>();
    bySocket.set(socket, seats);
    socket.once('close', () => {
      for (const device of seats.values()) ports.ended(device);
      seats.clear();
    });
    return seats;
  }

  return {
    of(socket, id) {
      const seats = seatsOf(socket);
      const key = `${id.tenant}.${id.device}`;
      const known = seats.get(key);
      if (known !== undefined) return known;
      if (seats.size >= MAX_SEATS_A_CONNECTION) {
        const [oldest, device] = seats.entries().next().value!;
        seats.delete(oldest);
        ports.ended(device);
      }
      const { remoteAddress = 'unknown', remotePort = 0 } = socket;
      const scheme = 'encrypted' in socket ? 'https' : 'http';
      const device = ports.session(
        id,
        hopOf(socket, { kind: 'none' }),
        `${scheme} ${remoteAddress}:${remotePort}`,
      );
      seats.set(key, device);
      return device;
    },
  };
}
