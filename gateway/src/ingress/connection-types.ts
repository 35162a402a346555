import type { RefusedMessage } from '../domain/books.ts';
import type { AckTarget } from '../domain/ports.ts';

export interface ConnectionOptions {
  maxPacketBytes: number;
  /** From the first byte of a packet to its last. */
  packetTimeoutMs: number;
  /** From the CONNECT until it is accepted. */
  connectTimeoutMs: number;
  telemetryThroughBroker: boolean;
}

export interface ConnectionPorts<Link> {
  monotonicMs(): number;
  /** Returns the way to call it off. */
  after(delayMs: number, task: () => void): () => void;
  /** A telemetry payload of the accepted device; `target` is null for QoS 0. null = close, the device keeps its copy. */
  telemetry(
    connection: Link,
    payload: Buffer,
    target: AckTarget | null,
    packetId: number,
  ): { quarantined: boolean } | null;
  /** Calls back when what was sent to the device before is written. */
  afterSent(connection: Link, done: () => void): void;
  /** Bytes of packets that are not whole yet, and of those that wait for the device's pace. */
  waiting(connection: Link, bytes: number): void;
  /** The device has sent more than its share and is not read for a while. */
  paused(): void;
  /** Why the guard closed a connection. */
  refused(reason: string, connection: Link): void;
  /** ... with a message on its hands that was not taken. */
  messageRefused(reason: RefusedMessage): void;
  acked(count: number): void;
  closed(connection: Link): void;
}
