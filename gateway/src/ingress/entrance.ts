import type { Socket } from 'node:net';
import { addressOf } from './address.ts';
import { awaitClientHello } from './client-hello.ts';
import type { CertificateClaim } from './identity.ts';
import { type LobbyLimits, lobby, type Visitor } from './lobby.ts';
import { type Opening, readOpening } from './opening.ts';
import type { TlsServer } from './tls-server.ts';
import { turns } from './turns.ts';

export interface EntranceLimits extends LobbyLimits {
  maxConnectionsPerAddress: number;
  /** TLS sessions of connections that are not identified. */
  maxHandshakes: number;
}

export interface EntrancePorts {
  monotonicMs(): number;
  soon(task: () => void): void;
  /** Its CONNECT is whole, and it is its turn. */
  admitted(opening: Opening, certificate: CertificateClaim): void;
  refused(reason: string): void;
}

/** The way of a TCP connection to its CONNECT, bounded in memory and in work, whoever comes. */
export interface Entrance {
  arrived(socket: Socket): void;
  /** The same over TLS. */
  arrivedAt(tls: TlsServer, socket: Socket): void;
  sweep(nowMs: number): void;
  /** Connections that are not admitted yet. */
  size(): number;
  close(): void;
}

/** A login costs the broker about a tenth of a millisecond, a handshake one: with these, strangers have a few ms of each round. */
const LOGINS_A_ROUND = 16;
const HANDSHAKES_A_ROUND = 2;

interface Guest extends Visitor {
  readonly socket: Socket;
  /** Takes it out of the line that it stands in. */
  leaveLine(): void;
}

export function entrance(limits: EntranceLimits, ports: EntrancePorts): Entrance {
  const guests = lobby(limits);
  const { maxHandshakes, connectTimeoutMs } = limits;
  const maxUnidentifiedPerAddress = Math.ceil(maxHandshakes / 2);
  const sessions = lobby(
    { maxUnidentified: maxHandshakes, maxUnidentifiedPerAddress, connectTimeoutMs },
    'handshakes',
  );
  const logins = turns(LOGINS_A_ROUND, ports.soon);
  const handshakes = turns(HANDSHAKES_A_ROUND, ports.soon);
  const open = new Map<string, number>();
  const inside = new Set<Guest>();

  function guestOf(socket: Socket): Guest {
    let isOver = false;
    return {
      socket,
      address: addressOf(socket.remoteAddress),
      leaveLine: () => {},
      close(reason) {
        if (isOver) return;
        isOver = true;
        ports.refused(reason);
        socket.destroy();
      },
    };
  }

  /** Null = it was turned away. */
  function receive(socket: Socket): Guest | null {
    const guest = guestOf(socket);
    const { address } = guest;
    socket.on('error', () => {});
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => forget(guest));
    if (count > limits.maxConnectionsPerAddress) {
      guest.close('connections-address');
      return null;
    }
    inside.add(guest);
    return guests.enter(guest, ports.monotonicMs()) ? guest : null;
  }

  function forget(guest: Guest): void {
    leave(guest);
    const count = open.get(guest.address)! - 1;
    if (count === 0) open.delete(guest.address);
    else open.set(guest.address, count);
  }

  function leave(guest: Guest): void {
    guest.leaveLine();
    inside.delete(guest);
    guests.leave(guest);
    sessions.leave(guest);
  }

  function awaitConnect(guest: Guest, socket: Socket, certificate: CertificateClaim): void {
    readOpening(socket, {
      failed: (reason) => guest.close(reason),
      opened(opening) {
        guests.busy(guest);
        sessions.busy(guest);
        guest.leaveLine = logins.wait(guest.address, () => {
          if (guest.socket.destroyed) return;
          leave(guest);
          ports.admitted(opening, certificate);
        });
      },
    });
  }

  function secure(guest: Guest, tls: TlsServer): void {
    if (guest.socket.destroyed || !sessions.enter(guest, ports.monotonicMs())) return;
    guests.silent(guest);
    tls.secure(guest.socket, {
      secured: (socket, certificate) => awaitConnect(guest, socket, certificate),
      failed: () => guest.close('tls-handshake'),
    });
  }

  return {
    arrived(socket) {
      const guest = receive(socket);
      if (guest !== null) awaitConnect(guest, socket, { kind: 'none' });
    },
    arrivedAt(tls, socket) {
      const guest = receive(socket);
      if (guest === null) return;
      awaitClientHello(socket, {
        failed: () => guest.close('tls-handshake'),
        arrived(release) {
          guests.busy(guest);
          guest.leaveLine = handshakes.wait(guest.address, () => {
            release();
            secure(guest, tls);
          });
        },
      });
    },
    sweep: guests.sweep,
    size: guests.size,
    close: () => {
      for (const { socket } of [...inside]) socket.destroy();
    },
  };
}
