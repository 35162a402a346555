import type { Link } from '@usewire/protocol/seal';
import type { RefusedMessage } from '../../domain/books.ts';
import type { Arrival } from '../../domain/delivery.ts';
import type { DeviceEntry } from '../../domain/device-entry.ts';
import type { Clock, DeviceId, Downlink, Log, Scheduler } from '../../domain/ports.ts';
import type { DevicePaceLimits } from '../device-pace.ts';
import type { Identify } from '../identity.ts';

/** A door for things that have no device: a code on a lid, an app. */
export interface HttpOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 8080; 0 = any free port. */
  port?: number;
  /** PEM files; with them it speaks HTTPS only. Read again when they change. */
  cert?: string | undefined;
  key?: string | undefined;
  /** Largest message; default 65,536. */
  maxBodyBytes?: number;
  /** Open connections; default 1,000. */
  maxConnections?: number;
  /** Origins of web pages that may post, such as `https://app.example.com`; default none. */
  allowOrigins?: readonly string[];
}

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
