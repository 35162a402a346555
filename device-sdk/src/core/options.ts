import { utf8Length } from '@usewire/protocol/wire';
import type { RecordsEncoder } from './cut.ts';
import { deviceError } from './errors.ts';

export interface DeviceOptions {
  /** How records are written. Default: packed, the smallest; `plain` of `@usewire/device-sdk/plain` can be read by any CBOR tool. */
  encoding?: RecordsEncoder;
  /** Largest data message in bytes. Default 4096. */
  maxMessageBytes?: number;
  /** A message is made when this many records wait. Default 1000. */
  flushRecords?: number;
  /** ... or this many bytes of rows. Default 8192. */
  flushBytes?: number;
  /** ... or the oldest is this old, for points of normal priority; also how often counters and distributions are recorded. Default 10,000. */
  flushIntervalMs?: number;
  /** ... the same for points of bulk priority. Default 60,000. */
  bulkFlushIntervalMs?: number;
  /** Everything on disk: waiting records, messages, marks. Default 8 MiB, at least 16 times `maxMessageBytes`. */
  maxOutboxBytes?: number;
  /** Bound of what is held in memory for waiting records and the index of messages. Default 1 MiB, at least 64 KiB. */
  maxMemoryBytes?: number;
  /** Records that are not yet part of a message are made durable this often. Default 1,000; 0 = every tick. */
  syncIntervalMs?: number;
  /** Messages on the way at the same time. Default 16. */
  maxInFlight?: number;
  /** Backoff between attempts to connect: full jitter between a tenth of the least and an exponential bound. Defaults 500 and 60,000. */
  minRetryMs?: number;
  maxRetryMs?: number;
  /** Without an answer for this long the link is taken for dead. Default 30,000. */
  ackTimeoutMs?: number;
  /** Heartbeat. Default 300,000; 0 = none. */
  statusIntervalMs?: number;
  /** Told to the gateway once a boot. */
  hardware?: string;
  software?: string;
  /** Reset cause 0..9, where the platform knows it. */
  resetCause?: number;
}

export type Settings = Required<Omit<DeviceOptions, 'resetCause' | 'encoding'>> &
  Pick<DeviceOptions, 'resetCause' | 'encoding'>;

/** `[default, least]` of the numbers. */
const numbers: { [name: string]: number[] } = {
  maxMessageBytes: [4096, 256],
  flushRecords: [1000, 1],
  flushBytes: [8192, 64],
  flushIntervalMs: [10000, 0],
  bulkFlushIntervalMs: [60000, 0],
  maxOutboxBytes: [8388608, 4096],
  maxMemoryBytes: [1048576, 65536],
  syncIntervalMs: [1000, 0],
  maxInFlight: [16, 1],
  minRetryMs: [500, 1],
  maxRetryMs: [60000, 1],
  ackTimeoutMs: [30000, 1],
  statusIntervalMs: [300000, 0],
};
const leastMessagesInOutbox = 16;

function wrong(name: string, value: unknown, must: string): never {
  throw deviceError('DEV_OPTION', name + " is '" + String(value) + "'; it must be " + must + '.');
}

function checkNumber(name: string, value: unknown, min: number): void {
  if (typeof value !== 'number' || !(value >= min && value < Infinity))
    wrong(name, value, 'a number from ' + min);
}

/** As hello carries it (SPEC.md, label 10). */
function checkText(name: string, value: unknown): void {
  const length = typeof value === 'string' ? utf8Length(value) : 0;
  if (length < 1 || length > 64) wrong(name, value, 'a text of 1 to 64 bytes');
}

/** Options with defaults filled in. Throws a `DeviceError` that names the option: a wrong option is a bug of the caller. */
export function settingsFrom(options: DeviceOptions | undefined): Settings {
  const given = (options || {}) as { [name: string]: unknown };
  const made: { [name: string]: unknown } = { encoding: given.encoding, resetCause: given.resetCause };
  for (const name in numbers) {
    made[name] = given[name] === undefined ? numbers[name][0] : given[name];
    checkNumber(name, made[name], numbers[name][1]);
  }
  checkNumber(
    'maxOutboxBytes',
    made.maxOutboxBytes,
    leastMessagesInOutbox * (made.maxMessageBytes as number),
  );
  made.hardware = given.hardware === undefined ? 'unknown' : given.hardware;
  made.software = given.software === undefined ? 'unknown' : given.software;
  checkText('hardware', made.hardware);
  checkText('software', made.software);
  const cause = given.resetCause;
  if (cause !== undefined && !(typeof cause === 'number' && cause >= 0 && cause <= 9 && cause % 1 === 0)) {
    wrong('resetCause', cause, 'a whole number from 0 to 9');
  }
  if (given.encoding !== undefined && typeof given.encoding !== 'function') {
    wrong('encoding', given.encoding, "a function, such as 'plain' of @usewire/device-sdk/plain");
  }
  return made as unknown as Settings;
}
