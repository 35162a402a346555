import {
  decodeHangUp,
  decodeReceipt,
  encodeSerialFrame,
  encodeSerialLine,
  type HangUp,
  SerialFrameDecoder,
  type SerialKind,
  SerialLineDecoder,
} from '@usewire/protocol/serial';
import { crc32, decodeMessage, type Message } from '@usewire/protocol/wire';
import { SerialPort } from 'serialport';
import { eventually } from './gateway-kit.ts';

/** A device on a serial line that says exactly what a test wants. */
export interface RawSerialDevice {
  /** Calls until it is let in. */
  call(): Promise<void>;
  callOnce(bytes?: Uint8Array): void;
  /** Sends a frame; answers with what its receipt names it by. */
  send(frame: Uint8Array, kind?: SerialKind): number;
  /** Sends it and waits for its receipt. */
  deliver(frame: Uint8Array): Promise<void>;
  write(bytes: Uint8Array | string): void;
  receipts: Set<number>;
  hangUps: HangUp[];
  /** What came down and is a message. */
  messages: Message[];
  frames: Uint8Array[];
  isOpen(): boolean;
  close(): Promise<void>;
}

export async function rawSerialDevice(
  path: string,
  mode: 'framed' | 'line' = 'framed',
  baudRate = 115_200,
): Promise<RawSerialDevice> {
  const port = new SerialPort({ path, baudRate, autoOpen: false });
  port.on('error', () => {});
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  const encode = mode === 'framed' ? encodeSerialFrame : encodeSerialLine;
  const receipts = new Set<number>();
  const hangUps: HangUp[] = [];
  const messages: Message[] = [];
  const frames: Uint8Array[] = [];
  let calls = 0;
  const Decoder = mode === 'framed' ? SerialFrameDecoder : SerialLineDecoder;
  const decoder = new Decoder({
    direction: 'dn',
    maxFrameBytes: 4_096,
    checksum: crc32,
    onFrame(frame, kind) {
      if (kind === 'receipt') for (const checksum of decodeReceipt(frame) ?? []) receipts.add(checksum);
      else if (kind === 'hangUp') hangUps.push(decodeHangUp(frame)!);
      else {
        frames.push(frame);
        const decoded = decodeMessage(frame);
        if (decoded.ok) messages.push(decoded.value);
      }
    },
  });
  port.on('data', (bytes: Buffer) => decoder.push(bytes));
  const checksumOf = (kind: SerialKind, frame: Uint8Array): number => {
    const body = Uint8Array.of({ up: 0, dn: 1, receipt: 3, call: 4, hangUp: 5 }[kind], ...frame);
    return crc32(body, 0, body.length);
  };
  const send = (frame: Uint8Array, kind: SerialKind = 'up'): number => {
    port.write(encode(kind, frame, crc32));
    return checksumOf(kind, frame);
  };
  return {
    call: async () => {
      calls += 1;
      const checksum = send(Uint8Array.of(calls), 'call');
      await eventually(() => receipts.has(checksum), 'the receipt of the call');
    },
    callOnce: (bytes = Uint8Array.of(99)) => void send(bytes, 'call'),
    send,
    deliver: async (frame) => {
      const checksum = send(frame);
      await eventually(() => receipts.has(checksum), 'the receipt');
    },
    write: (bytes) => void port.write(bytes),
    ...{ receipts, hangUps, messages, frames },
    isOpen: () => port.isOpen,
    close: () => new Promise((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())),
  };
}
