import type { Duplex } from 'node:stream';
import type { SerialCounters } from '@usewire/protocol/serial';
import type { Log, Scheduler, SerialPortStatus } from '../../domain/ports.ts';
import { countGarbled, type LineSample, lineProblem } from './line-quality.ts';
import { openFailure } from './open-failure.ts';
import type { OpenSerial, SerialLine } from './open-port.ts';
import type { SerialLink, SerialMode } from './serial-link.ts';

export interface KeptPortOptions extends SerialLine {
  mode: SerialMode;
}

export interface KeptPortPorts {
  open: OpenSerial;
  scheduler: Scheduler;
  log: Log;
  /** The port is open: what talks over it. */
  attach(port: Duplex): SerialLink;
  /** It is not any more. */
  detached(): void;
}

/** A port that is opened, and opened again when it was lost, until it is closed. */
export interface KeptPort {
  link(): SerialLink | null;
  status(): Pick<
    SerialPortStatus,
    'path' | 'state' | 'problem' | 'opened' | 'bytes' | 'frames' | 'badFrames'
  >;
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
const LISTEN_MS = 5_000;
const NOTHING: SerialCounters = {
  ...{ bytes: 0, frames: 0, malformed: 0, checksum: 0, tooLarge: 0, otherWay: 0, reserved: 0 },
};

export function keepPort(options: KeptPortOptions, ports: KeptPortPorts): KeptPort {
  return new Keeper(options, ports);
}

class Keeper implements KeptPort {
  private readonly options: KeptPortOptions;
  private readonly ports: KeptPortPorts;
  private port: Duplex | null = null;
  private current: SerialLink | null = null;
  private problem: string | null = null;
  private told: string | null = null;
  private retryMs = FIRST_RETRY_MS;
  private isClosed = false;
  private opened = 0;
  private garbledBytes = 0;
  /** Of ports that were lost. */
  private readonly past = { ...NOTHING };
  private heard: LineSample = { counters: NOTHING, garbledBytes: 0 };
  private callOff: () => void;
  private stopListening: () => void;

  constructor(options: KeptPortOptions, ports: KeptPortPorts) {
    this.options = options;
    this.ports = ports;
    this.callOff = ports.scheduler.after(0, () => this.open());
    this.stopListening = ports.scheduler.after(LISTEN_MS, () => this.listen());
  }

  link(): SerialLink | null {
    return this.current;
  }

  status() {
    const { bytes, frames, malformed, checksum, tooLarge, reserved } = this.counters();
    const state = this.isClosed
      ? ('closed' as const)
      : this.port === null
        ? ('away' as const)
        : ('open' as const);
    const badFrames = malformed + checksum + tooLarge + reserved;
    return {
      path: this.options.path,
      state,
      problem: this.problem,
      opened: this.opened,
      bytes,
      frames,
      badFrames,
    };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.callOff();
    this.stopListening();
    const { port } = this;
    if (port === null || port.destroyed) return;
    await new Promise<void>((resolve) => {
      port.once('close', () => resolve());
      port.destroy();
    });
  }

  private open(): void {
    this.ports.open(this.options).then(
      (port) => this.wasOpened(port),
      (error) => this.wasNotOpened(openFailure(this.options.path, error)),
    );
  }

  private wasOpened(port: Duplex): void {
    if (this.isClosed) {
      port.destroy();
      return;
    }
    const { path, baudRate, mode } = this.options;
    this.port = port;
    this.opened += 1;
    this.problem = null;
    this.told = null;
    this.ports.log.info('serial.opened', { path, baudRate, mode });
    port.once('close', () => this.wasLost());
    port.on('error', () => {});
    port.on('data', (bytes: Buffer) => {
      this.garbledBytes += countGarbled(bytes);
    });
    this.current = this.ports.attach(port);
  }

  private wasNotOpened(problem: string): void {
    this.problem = problem;
    // Once, however long the cable is away.
    if (this.told !== problem) this.ports.log.warn('serial.away', { path: this.options.path, problem });
    this.told = problem;
    this.again();
  }

  private wasLost(): void {
    // A port that brought frames was a good one; one that only opens and ends is tried more and more seldom.
    if ((this.current?.decoder.counters.frames ?? 0) > 0) this.retryMs = FIRST_RETRY_MS;
    this.heard = { counters: this.counters(), garbledBytes: this.garbledBytes };
    Object.assign(this.past, this.counters());
    this.current?.end();
    this.current = null;
    this.port = null;
    this.ports.detached();
    if (this.isClosed) return;
    this.problem = `${this.options.path} was unplugged`;
    this.ports.log.warn('serial.lost', { path: this.options.path });
    this.again();
  }

  private again(): void {
    if (this.isClosed) return;
    this.callOff = this.ports.scheduler.after(this.retryMs, () => this.open());
    this.retryMs = Math.min(this.retryMs * 2, MAX_RETRY_MS);
  }

  private counters(): SerialCounters {
    const now = this.current?.decoder.counters ?? NOTHING;
    const sum = { ...this.past };
    for (const name of Object.keys(sum) as (keyof SerialCounters)[]) sum[name] += now[name];
    return sum;
  }

  /** Told when it begins, and again only after frames have come in between. */
  private listen(): void {
    const { mode, baudRate, path } = this.options;
    const sample = { counters: this.counters(), garbledBytes: this.garbledBytes };
    const problem = lineProblem(mode, baudRate, this.heard, sample);
    if (problem !== null && this.problem === null)
      this.ports.log.warn('serial.unreadable', { path, problem });
    if (this.port !== null && (problem !== null || sample.counters.frames > this.heard.counters.frames))
      this.problem = problem;
    this.heard = sample;
    this.stopListening = this.ports.scheduler.after(LISTEN_MS, () => this.listen());
  }
}
