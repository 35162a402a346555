import { randomBytes } from 'node:crypto';
import type { Clock, Log, Scheduler } from './domain/ports.ts';

export const systemClock: Clock = {
  nowMs: Date.now,
  monotonicMs: () => performance.now(),
};

export const systemScheduler: Scheduler = {
  // After the sockets that are readable now: their messages share one commit.
  soon: (task) => void setImmediate(task),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** What ties an entry of the consent ledger to a person, and is erased with them. */
export const newSalt = (): Uint8Array => Uint8Array.from(randomBytes(16));

/** Of a request to erase: the device proves nothing by it, but nobody else shall guess it. */
export const newErasureId = (): string => randomBytes(16).toString('hex');

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
