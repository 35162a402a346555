import type { Link } from '@usewire/protocol/seal';
import type { RefusedMessage } from '../../domain/books.ts';
import type { Arrival } from '../../domain/delivery.ts';
import type { DeviceEntry } from '../../domain/device-entry.ts';
import type { Clock, DeviceId, Downlink, Log, Scheduler } from '../../domain/ports.ts';
import type { DevicePaceLimits } from '../device-pace.ts';
import type { Identify } from '../identity.ts';
import type { HttpOptions } from './http-options.ts';

type Files = 'cert' | 'key';

export interface HttpListenerOptions extends Required<Omit<HttpOptions, Files>>, Pick<HttpOptions, Files> {
  maxConnectionsPerAddress: number;
  /** From the first byte of a request to its last. */
  requestTimeoutMs: number;
  /** From the connection to the end of the head of its first request. */
  headTimeoutMs: number;
  device: DevicePaceLimits;
}

export interface HttpListenerPorts {
  clock: Clock;
  scheduler: Scheduler;
  log: Log;
  identify: Identify;
  session(id: DeviceId, hop: Link, via: string): DeviceEntry;
  ended(device: DeviceEntry): void;
  /** null = not taken. */
  take(device: DeviceEntry, payload: Uint8Array, arrival: Arrival): { quarantined: boolean } | null;
  acked(count: number): void;
  refused(reason: string): void;
  messageRefused(reason: RefusedMessage): void;
  paused(): void;
}

export interface HttpListener extends Downlink {
  /** Resolves with the port. */
  listen(): Promise<number>;
  reloadCertificates(): void;
  setPressure(on: boolean): void;
  recheck(id: DeviceId, holds: (credential: string) => boolean): void;
  stopAccepting(): Promise<void>;
  close(): Promise<void>;
}
