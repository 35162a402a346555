import { Code, codeName, decodeMessage, Kind } from '@usewire/protocol/wire';
import {
  type CloseReason,
  deviceError,
  type LogPort,
  type TransportEvents,
  type TransportPort,
} from '../core/index.ts';
import { createOpener, type Opener } from './opener.ts';
import { readKey, type SealOptions } from './read-key.ts';
import { type Identity, type Sealer, sealerOf } from './sealer.ts';

/** Around whose transport the seals are put. */
export interface SealPlace extends Identity {
  log?: LogPort;
}

export interface SealStatus {
  /** Of the connection that was opened last; null before. */
  level: 1 | 2 | 3 | null;
  generation: number | null;
  /** Frames that the link took, and messages that came down, since the start. */
  sealed: number;
  opened: number;
  /** What came down and was not taken, by the name of its code. */
  refused: Record<string, number>;
}

export interface Seals {
  /** For `start`: `{ wrapTransport: seals.wrap }`. Throws a `DeviceError` (`DEV_OPTION`) when there is no key that can be used. */
  wrap(transport: TransportPort, place: SealPlace): TransportPort;
  status(): SealStatus;
}

function zero(): SealStatus {
  return { level: null, generation: null, sealed: 0, opened: 0, refused: {} };
}

/** What the gateway says of the key and not of the message: the message stays, and the link is tried again later, with the key of then. */
function keyProblem(message: Uint8Array): CloseReason | null {
  if (message[2] !== Kind.nack) return null;
  const decoded = decodeMessage(message);
  if (!decoded.ok || decoded.value.kind !== Kind.nack || decoded.value.code !== Code.keyExpired) return null;
  const detail = `${codeName(decoded.value.code)}: the gateway takes only newer seal keys of this device; install the one that 'usewire device rotate-seal-key' printed`;
  return { kind: 'refused', detail };
}

/**
 * Seals over a transport (SPEC.md, section 9): what goes up is sealed at the moment it is sent, the will when the link is opened; what
 * comes down is opened, and refused when it is not the gateway's. The outbox holds messages without seals, so a rotated key touches
 * only what is on its way: it is sealed again on the next connection, with the key of then.
 */
export function sealed(options: SealOptions): Seals {
  const status = zero();
  return {
    wrap(transport, place) {
      const first = readKey(options);
      if (!first.ok) throw deviceError('DEV_OPTION', first.problem);
      return sealTransport(transport, { options, place, status, opener: createOpener() });
    },
    status: () => ({ ...status, refused: { ...status.refused } }),
  };
}

interface Parts {
  options: SealOptions;
  place: SealPlace;
  status: SealStatus;
  opener: Opener;
}

function sealTransport(inner: TransportPort, { options, place, status, opener }: Parts): TransportPort {
  let sealer: Sealer | null = null;
  /** Answers of an older link are not for this one. */
  let generation = 0;
  let told = new Set<string>();

  function refuse(reason: string, detail: string): void {
    status.refused[reason] = (status.refused[reason] ?? 0) + 1;
    // Each reason once a connection: who sends rubbish must not fill the log.
    if (told.has(reason)) return;
    told.add(reason);
    place.log?.write('warn', 'seal.refused', `${reason}: ${detail}`);
  }

  function eventsFor(events: TransportEvents, own: number): TransportEvents {
    const giveUp = (reason: CloseReason): void => {
      if (own !== generation) return;
      generation += 1;
      inner.close();
      events.onClose(reason);
    };
    return {
      onOpen: events.onOpen,
      onAck: events.onAck,
      onClose: events.onClose,
      onMessage(frame) {
        if (own !== generation) return;
        const result = opener.open(frame);
        if (!result.ok) {
          refuse(result.reason, result.detail);
          return;
        }
        status.opened += 1;
        const problem = keyProblem(result.message);
        if (problem === null) events.onMessage(result.message);
        else giveUp(problem);
      },
    };
  }

  return {
    open(will, events) {
      generation += 1;
      const own = generation;
      told = new Set();
      const read = readKey(options);
      if (!read.ok) {
        // Not from within `open`: a caller may not be ready to hear of the end before it knows of the beginning.
        queueMicrotask(() => {
          if (own === generation) events.onClose({ kind: 'refused', detail: read.problem });
        });
        return;
      }
      const { key } = read;
      const up = sealerOf(key, place);
      sealer = up;
      opener.use(key, place);
      status.level = key.level;
      status.generation = key.generation;
      inner.open(up(will), eventsFor(events, own));
    },
    send(tag, leaf, bytes) {
      const isTaken = sealer !== null && inner.send(tag, leaf, sealer(bytes));
      if (isTaken) status.sealed += 1;
      return isTaken;
    },
    close() {
      generation += 1;
      inner.close();
    },
  };
}
