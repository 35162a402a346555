import {
  decodeHangUp,
  decodeReceipt,
  encodeSerialFrame,
  encodeSerialLine,
  SerialFrameDecoder,
  type SerialKind,
  SerialLineDecoder,
  serialBody,
} from '@usewire/protocol/serial';
import { crc32 } from '@usewire/protocol/wire';
import { type CloseReason, deviceError, type TransportEvents, type TransportPort } from '../core/index.ts';
import { createInFlight } from './in-flight.ts';
import { closeStream, type OpenSerialStream, type SerialStream } from './stream.ts';

export interface SerialTransportOptions {
  /** For example `() => new SerialPort({ path, baudRate: 115200 })`. */
  open: OpenSerialStream;
  /** `line` where the line is a console as well. Default `framed`; the gateway's port has to say the same. */
  mode?: 'framed' | 'line';
  /** Longest message that is taken, 512 to 262,144; default 4,096. */
  maxFrameBytes?: number;
  /** An unanswered call is repeated after this, 100 to 60,000; default 1,000. */
  callIntervalMs?: number;
}

/** Numbers of calls: a receipt that comes late must not answer a later call (POU-SERIAL-8). Beside them the time, since a restart begins at 0. */
let calls = 0;

function nextCall(): Uint8Array {
  calls += 1;
  return new Uint8Array(new Float64Array([Date.now(), calls]).buffer);
}

function checkOptions({ maxFrameBytes = 4096, callIntervalMs = 1000, open }: SerialTransportOptions): void {
  const hold = (name: string, value: number, least: number, most: number): void => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    throw deviceError('DEV_OPTION', `${name} is ${value}; it must be an integer from ${least} to ${most}.`);
  };
  if (typeof open !== 'function') {
    throw deviceError(
      'DEV_OPTION',
      'open must be a function that opens the line, such as () => new SerialPort(...).',
    );
  }
  hold('maxFrameBytes', maxFrameBytes, 512, 262_144);
  hold('callIntervalMs', callIntervalMs, 100, 60_000);
}

/** The messages of a device over a serial line (SPEC.md, section 10). Throws a `DeviceError` (`DEV_OPTION`) for options that cannot work. */
export function serialTransport(options: SerialTransportOptions): TransportPort {
  checkOptions(options);
  let current: SerialSession | null = null;
  return {
    // The will stays here: a gateway sees a cable that is pulled, and says so itself.
    open(_will, events) {
      current?.close();
      current = new SerialSession(options, events);
    },
    send: (tag, _leaf, bytes) => current?.send(tag, bytes) ?? false,
    close() {
      current?.close();
      current = null;
    },
  };
}

/** One attempt: opens the line, calls until it is let in, sends and hears until the line or the gateway ends it. */
class SerialSession {
  private readonly options: SerialTransportOptions;
  private readonly events: TransportEvents;
  private readonly inFlight = createInFlight();
  private stream: SerialStream | null = null;
  private phase: 'opening' | 'calling' | 'open' | 'over' = 'opening';
  private callChecksum = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: SerialTransportOptions, events: TransportEvents) {
    this.options = options;
    this.events = events;
    // Not from within `open`: a caller may not be ready to hear of the end before it knows of the beginning.
    Promise.resolve()
      .then(() => options.open())
      .then(
        (stream) => this.opened(stream),
        (error) => this.end('unreachable', String((error as Error)?.message ?? error)),
      );
  }

  send(tag: number, bytes: Uint8Array): boolean {
    if (this.phase !== 'open') return false;
    const body = serialBody('up', bytes, crc32);
    if (!this.inFlight.add(crc32(body, 0, body.length - 4), bytes, tag)) return false;
    this.write('up', bytes);
    return true;
  }

  close(): void {
    this.phase = 'over';
    clearInterval(this.timer);
    if (this.stream !== null) closeStream(this.stream);
  }

  private opened(stream: SerialStream): void {
    this.stream = stream;
    stream.on('error', (error) => this.end(this.lossKind(), error.message));
    stream.on('close', () => this.end(this.lossKind(), 'the line was closed'));
    if (this.phase === 'over') {
      closeStream(stream);
      return;
    }
    const { mode = 'framed', maxFrameBytes = 4096, callIntervalMs = 1000 } = this.options;
    const Decoder = mode === 'framed' ? SerialFrameDecoder : SerialLineDecoder;
    const onFrame = (frame: Uint8Array, kind: SerialKind): void => this.take(frame, kind);
    const decoder = new Decoder({ direction: 'dn', maxFrameBytes, checksum: crc32, onFrame });
    stream.on('data', (bytes) => {
      if (this.phase !== 'over') decoder.push(bytes);
    });
    this.phase = 'calling';
    this.timer = setInterval(() => this.call(), callIntervalMs);
    this.timer.unref();
    this.call();
  }

  private lossKind(): CloseReason['kind'] {
    return this.phase === 'open' ? 'lost' : 'unreachable';
  }

  private call(): void {
    const bytes = nextCall();
    const body = serialBody('call', bytes, crc32);
    this.callChecksum = crc32(body, 0, body.length - 4);
    this.write('call', bytes);
  }

  private take(frame: Uint8Array, kind: SerialKind): void {
    // An earlier frame of the same piece may have ended it.
    if (this.phase === 'over') return;
    if (kind === 'dn' && this.phase === 'open') this.events.onMessage(frame);
    else if (kind === 'receipt') for (const checksum of decodeReceipt(frame) ?? []) this.receipt(checksum);
    else if (kind === 'hangUp') this.hungUp(frame);
  }

  private receipt(checksum: number): void {
    if (this.phase === 'calling' && checksum === this.callChecksum) {
      clearInterval(this.timer);
      this.phase = 'open';
      this.events.onOpen();
    } else if (this.phase === 'open') {
      for (const tag of this.inFlight.take(checksum)) this.events.onAck(tag);
    }
  }

  private hungUp(frame: Uint8Array): void {
    const hangUp = decodeHangUp(frame);
    // Who calls hears of the link before: the call stands.
    if (hangUp === null || (hangUp.cause === 'closed' && this.phase === 'calling')) return;
    this.end(hangUp.cause === 'refused' ? 'refused' : 'lost', `the gateway hung up: ${hangUp.detail}`);
  }

  private write(kind: SerialKind, frame: Uint8Array): void {
    const encode = this.options.mode === 'line' ? encodeSerialLine : encodeSerialFrame;
    this.stream?.write(encode(kind, frame, crc32));
  }

  private end(kind: CloseReason['kind'], detail: string): void {
    if (this.phase === 'over') return;
    this.close();
    this.events.onClose({ kind, detail });
  }
}
