import { Duplex } from 'node:stream';
import {
  encodeHangUp,
  encodeReceipt,
  encodeSerialFrame,
  encodeSerialLine,
  type HangUp,
  SerialFrameDecoder,
  type SerialKind,
  SerialLineDecoder,
} from '@usewire/protocol/serial';
import { crc32 } from '@usewire/protocol/wire';

/** The other end of a line without a kernel in between. */
class LineEnd extends Duplex {
  private readonly heard: (bytes: Buffer) => void;

  constructor(heard: (bytes: Buffer) => void) {
    super();
    this.heard = heard;
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.heard(bytes);
    done();
  }
}

export interface SerialPeer {
  open(): Promise<Duplex>;
  received: { kind: SerialKind; frame: Uint8Array; checksum: number }[];
  send(kind: SerialKind, frame: Uint8Array): void;
  drop(): void;
  isOnline: boolean;
  /** Calls are answered with this instead. */
  refusal: HangUp | null;
  answersCalls: boolean;
  givesReceipts: boolean;
}

/** What a gateway is to a serial transport: answers calls and frames, and keeps what came. */
export function serialPeer(mode: 'framed' | 'line' = 'framed'): SerialPeer {
  const encode = mode === 'framed' ? encodeSerialFrame : encodeSerialLine;
  const Decoder = mode === 'framed' ? SerialFrameDecoder : SerialLineDecoder;
  let line: LineEnd | null = null;
  const peer: SerialPeer = {
    received: [],
    isOnline: true,
    refusal: null,
    answersCalls: true,
    givesReceipts: true,
    open: async () => {
      if (!peer.isOnline) throw new Error('no such port');
      line = new LineEnd((bytes) => decoder.push(bytes));
      return line;
    },
    send: (kind, frame) => void line?.push(encode(kind, frame, crc32)),
    drop: () => void line?.destroy(),
  };
  const decoder = new Decoder({
    direction: 'up',
    maxFrameBytes: 65_536,
    checksum: crc32,
    onFrame(frame, kind, checksum) {
      peer.received.push({ kind, frame, checksum });
      if (kind === 'call' && peer.refusal !== null) peer.send('hangUp', encodeHangUp(peer.refusal));
      else if (kind === 'call' ? peer.answersCalls : peer.givesReceipts)
        peer.send('receipt', encodeReceipt([checksum]));
    },
  });
  return peer;
}
