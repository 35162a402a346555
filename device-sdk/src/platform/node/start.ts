import { join } from 'node:path';
import type { Model } from '@usewire/protocol/model';
import {
  type ClockPort,
  createDevice,
  type DeviceConsent,
  type DeviceOptions,
  type DevicePoints,
  type DeviceStatus,
  type LogPort,
  type StoragePort,
  type TransportPort,
} from '../../core/index.ts';
import { fileStorage } from './file-storage.ts';
import { type MqttTransportOptions, mqttTransport } from './mqtt-transport.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';

export interface StartOptions extends MqttTransportOptions, DeviceOptions {
  /** Folder for what is not sent yet; each device gets its own folder in it. Default `.usewire`. */
  dataDir?: string;
  log?: LogPort;
  /** Other ports, for tests and simulators. */
  clock?: ClockPort;
  storage?: StoragePort;
  transport?: TransportPort;
  /** Puts something around the transport, as `sealed(...).wrap` of `@usewire/device-sdk/seal` does. */
  wrapTransport?: (
    transport: TransportPort,
    place: { tenant: string; device: string; log?: LogPort },
  ) => TransportPort;
}

/** A running device: its points, and what is around them. */
export interface Pou<M extends Model> {
  /** Same as the points on the object itself, for points whose name is taken here. */
  readonly points: DevicePoints<M>;
  readonly consent: DeviceConsent<M>;
  /** Makes messages of everything that waits, and sends them when there is a link. */
  flush(): void;
  status(): DeviceStatus;
  /** Sends what it can within `drainMs` (default 5,000), says bye, closes. What is left is sent after the next start. */
  stop(options?: { drainMs?: number }): Promise<void>;
}

/** The timer of a device: one, never in the way of the program's end. */
function drive(tick: () => number): { wake: () => void; end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let isAsked = false;
  let isOver = false;
  const run = (): void => {
    isAsked = false;
    clearTimeout(timer);
    if (isOver) return;
    const waitMs = tick();
    if (isAsked || waitMs === Infinity) return;
    timer = setTimeout(run, Math.min(Math.max(waitMs, 1), 2 ** 31 - 1));
    timer.unref();
  };
  return {
    wake: () => {
      if (isAsked || isOver) return;
      isAsked = true;
      // The end of this turn: records of one turn reach the disk with one write.
      process.nextTick(run);
    },
    end: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

function storageFor(options: StartOptions): { storage: StoragePort; close: () => void } {
  if (options.storage) return { storage: options.storage, close: () => undefined };
  const folder = join(options.dataDir ?? '.usewire', `${options.tenant}.${options.device}`);
  const storage = fileStorage(folder);
  return { storage, close: () => storage.close() };
}

/** Gives back what was taken before `make` failed. */
function orElse<T>(giveBack: () => void, make: () => T): T {
  try {
    return make();
  } catch (error) {
    giveBack();
    throw error;
  }
}

/**
 * Starts a device on this computer: files for what is not sent yet, MQTT to the gateway.
 * Throws a `DeviceError` for options that cannot work; afterwards nothing throws and no promise is rejected.
 */
export function start<M extends Model>(
  model: M,
  options: StartOptions,
): Pou<M> & Omit<DevicePoints<M>, keyof Pou<M>> {
  const mqtt = options.transport ? null : mqttTransport(options);
  const link = options.transport ?? mqtt!;
  const transport = options.wrapTransport?.(link, options) ?? link;
  const files = storageFor(options);
  let tick = (): number => Infinity;
  const timer = drive(() => tick());
  const device = orElse(files.close, () =>
    createDevice({
      model,
      ports: {
        clock: options.clock ?? systemClock(),
        storage: files.storage,
        transport,
        random: systemRandom(),
        log: options.log,
        wake: timer.wake,
      },
      options,
    }),
  );
  tick = device.tick;
  timer.wake();
  let stopping: Promise<void> | undefined;
  const finish = async (): Promise<void> => {
    timer.end();
    await mqtt?.whenClosed();
    files.close();
  };
  const stop = (drainMs: number): Promise<void> =>
    new Promise<void>((resolve) => {
      // The drain must not end with the program's last timer: it holds the program for its time.
      const hold = setInterval(() => device.tick(), 50);
      device.stop(drainMs, () => {
        clearInterval(hold);
        resolve(finish());
      });
    });
  const pou: Pou<M> = {
    points: device.points,
    consent: device.consent,
    flush: device.flush,
    status: device.status,
    stop: ({ drainMs = 5000 } = {}) => {
      stopping ??= stop(drainMs);
      return stopping;
    },
  };
  return Object.assign(Object.create(null), device.points, pou);
}
