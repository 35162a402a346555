import { utf8Length } from '@usewire/protocol/wire';
import { deviceError } from './errors.ts';

export interface DeviceOptions {
  /** Records of a message: 'packed' (default) is the smallest, 'plain' can be read by any CBOR tool. */
  encoding?: 'packed' | 'plain';
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

export type Settings = Required<Pick<DeviceOptions, Exclude<keyof DeviceOptions, 'resetCause'>>> & {
  resetCause?: number;
};

const defaults: Settings = {
  encoding: 'packed',
  maxMessageBytes: 4096,
  flushRecords: 1000,
  flushBytes: 8192,
  flushIntervalMs: 10000,
  bulkFlushIntervalMs: 60000,
  maxOutboxBytes: 8388608,
  maxMemoryBytes: 1048576,
  syncIntervalMs: 1000,
  maxInFlight: 16,
  minRetryMs: 500,
  maxRetryMs: 60000,
  ackTimeoutMs: 30000,
  statusIntervalMs: 300000,
  hardware: 'unknown',
  software: 'unknown',
};

const least: { [name: string]: number } = {
  maxMessageBytes: 256,
  flushRecords: 1,
  flushBytes: 64,
  flushIntervalMs: 0,
  bulkFlushIntervalMs: 0,
  maxMemoryBytes: 65536,
  syncIntervalMs: 0,
  maxInFlight: 1,
  minRetryMs: 1,
  maxRetryMs: 1,
  ackTimeoutMs: 1,
  statusIntervalMs: 0,
};

/** As hello carries it (SPEC.md, label 10). */
function checkText(name: string, value: unknown): void {
  if (typeof value !== 'string' || !(utf8Length(value) >= 1 && utf8Length(value) <= 64)) {
    throw deviceError(
      'DEV_OPTION',
      name + " is '" + String(value) + "'; it must be a text of 1 to 64 bytes.",
    );
  }
}

function checkNumber(name: string, value: unknown, min: number): void {
  if (typeof value !== 'number' || !(value >= min) || value === Infinity) {
    throw deviceError(
      'DEV_OPTION',
      name + ' is ' + String(value) + '; it must be a number from ' + min + '.',
    );
  }
}

function checkResetCause(value: unknown): void {
  checkNumber('resetCause', value, 0);
  if ((value as number) > 9 || Math.floor(value as number) !== value) {
    throw deviceError(
      'DEV_OPTION',
      'resetCause is ' + String(value) + '; it must be a whole number from 0 to 9.',
    );
  }
}

function checkAll(settings: Settings): void {
  const values = settings as unknown as { [name: string]: unknown };
  const names = Object.keys(least);
  for (let i = 0; i < names.length; i++) checkNumber(names[i], values[names[i]], least[names[i]]);
  checkNumber('maxOutboxBytes', settings.maxOutboxBytes, 16 * settings.maxMessageBytes);
  checkText('hardware', settings.hardware);
  checkText('software', settings.software);
  if (settings.resetCause !== undefined) checkResetCause(settings.resetCause);
  if (settings.encoding !== 'packed' && settings.encoding !== 'plain') {
    throw deviceError(
      'DEV_OPTION',
      "encoding is '" + String(settings.encoding) + "'; it must be 'packed' or 'plain'.",
    );
  }
}

/** Options with defaults filled in. Throws a `DeviceError` that names the option: a wrong option is a bug of the caller. */
export function settingsFrom(options: DeviceOptions | undefined): Settings {
  const made = {} as { [name: string]: unknown };
  const base = defaults as unknown as { [name: string]: unknown };
  const given = (options || {}) as { [name: string]: unknown };
  const names = Object.keys(base);
  for (let i = 0; i < names.length; i++) {
    const value = given[names[i]];
    made[names[i]] = value === undefined ? base[names[i]] : value;
  }
  made.resetCause = given.resetCause;
  const settings = made as unknown as Settings;
  checkAll(settings);
  return settings;
}
