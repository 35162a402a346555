/**
 * What the core asks of the world. Everything is a call that returns at once; nothing here waits.
 * Each port has a double in `@usewire/device-sdk/testing`, held to the same contract as the real one.
 */

/** Time of day with how far it can be trusted: 0 unknown, 1 free running, 2 synced over a day ago, 3 synced, 4 synced below 100 ms. */
export interface WallTime {
  unixMs: number;
  quality: 0 | 1 | 2 | 3 | 4;
  boundMs?: number;
}

export interface ClockPort {
  /** ms since boot, never stepped back. */
  uptimeMs(): number;
  /** Time of day, or null where the device has none. May be years off: it never changes what was recorded. */
  wall(): WallTime | null;
}

/**
 * Named append-only segments and a few small values. Untrusted: what is read back may be torn, damaged or gone, and the core copes.
 * Durable means: survives the loss of power. What was appended survives the end of the process without that.
 */
export interface StoragePort {
  /** Names of all segments, in any order. */
  list(): string[];
  /** Bytes of a segment; 0 when there is none. */
  size(name: string): number;
  /** Adds to the end; makes the segment when there is none. All of it or nothing: false leaves the segment as it was. */
  append(name: string, bytes: Uint8Array): boolean;
  /** Fewer bytes than asked for at the end of the segment; null when there is none or it cannot be read. */
  read(name: string, offset: number, length: number): Uint8Array | null;
  remove(name: string): void;
  /**
   * Overwrites all bytes of a segment with zeros, in their places, as far as the medium lets anyone choose places; durable with the next
   * sync. The segment keeps its length. False: it could not; true also when there is no such segment.
   */
  wipe(name: string): boolean;
  /** Calls back when every append and remove before this call, those of earlier runs too, is durable; or with false when that failed. */
  sync(done: (ok: boolean) => void): void;
  /** A small value, or null. */
  get(key: string): Uint8Array | null;
  /** Replaces a small value: afterwards there is the old or the new one, never a mixture. Durable when it returns true. */
  put(key: string, bytes: Uint8Array): boolean;
}

/** `st` is kept by the broker (retained); `up` is not. */
export type UpLeaf = 'up' | 'st';

export interface CloseReason {
  /** `refused`: the other side answered and does not want this device (name, password, rights). */
  kind: 'lost' | 'refused' | 'unreachable';
  detail: string;
}

export interface TransportEvents {
  onOpen(): void;
  /** Once per `open`, also when it never opened. Not after `close()`. */
  onClose(reason: CloseReason): void;
  /** The message sent with this tag has been taken into custody. For a hello: what the gateway asks because of it has come before. */
  onAck(tag: number): void;
  onMessage(bytes: Uint8Array): void;
}

/** One link at a time. Callbacks may come from within `send`; never after `close`. */
export interface TransportPort {
  /** `will` is published on `st` by the other side when the link is lost. */
  open(will: Uint8Array, events: TransportEvents): void;
  /** False: not taken, the link is not open. Every tag is answered by at most one `onAck`. */
  send(tag: number, leaf: UpLeaf, bytes: Uint8Array): boolean;
  close(): void;
}

export interface RandomPort {
  /** 0 <= x < 1. */
  next(): number;
  /** Bytes for a boot id: from the best source the device has. */
  fill(bytes: Uint8Array): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogPort {
  write(level: LogLevel, event: string, detail: string): void;
}

export interface Ports {
  clock: ClockPort;
  storage: StoragePort;
  transport: TransportPort;
  random: RandomPort;
  log?: LogPort;
  /**
   * Asks for a `tick()` at the end of this turn of the program. With it, records of one turn are handed to the storage together;
   * without it each record is handed over at once.
   */
  wake?: () => void;
}
