/** What a scanner sees of one MQTT control packet: where its parts lie in the bytes at hand. */
export interface Frame {
  /** First byte: type in the upper, flags in the lower four bits. */
  header: number;
  /** Of the first byte. */
  start: number;
  /** After the fixed header. */
  body: number;
  /** After the last byte. */
  end: number;
}

type ScanFault = 'packet-too-large' | 'bad-length';

/** Bytes at hand that were not scanned yet, across chunks. */
export interface FrameScanner {
  /** Appends a chunk; the scanner keeps it, so it must not be written to again. */
  push(chunk: Buffer): void;
  /** Next whole frame, which lies in `bytes`. Of a fault only the header is set. */
  next(frame: Frame): 'frame' | 'more' | ScanFault;
  bytes(): Buffer;
  pending(): number;
  /** Frames above this are refused on their header, before their body arrives. */
  limit(maxPacketBytes: number): void;
}

const EMPTY = Buffer.alloc(0);
const MAX_WAITING_CHUNKS = 64;

/** Splits a byte stream into MQTT 3.1.1 frames (sections 2.2 and 2.2.3) without copying frames that lie in one chunk. */
export function frameScanner(maxPacketBytes: number): FrameScanner {
  let limit = maxPacketBytes;
  let buffer: Buffer = EMPTY;
  let at = 0;
  // Chunks that wait for the end of a large frame; joined once, not for every chunk.
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let wanted = 0;

  function push(chunk: Buffer): void {
    if (at === buffer.length && waitingBytes === 0) {
      buffer = chunk;
      at = 0;
      return;
    }
    waiting.push(chunk);
    waitingBytes += chunk.length;
    // A chunk of one byte takes hundreds: bytes that drip are joined when they are many for what they bring.
    const mayWait = MAX_WAITING_CHUNKS + ((buffer.length - at) >> 8);
    if (buffer.length - at + waitingBytes >= wanted || waiting.length > mayWait) join();
  }

  function join(): void {
    buffer = Buffer.concat([buffer.subarray(at), ...waiting]);
    at = 0;
    waiting = [];
    waitingBytes = 0;
    wanted = 0;
  }

  function next(frame: Frame): 'frame' | 'more' | ScanFault {
    if (waitingBytes > 0) return 'more';
    if (at === buffer.length) {
      // An idle connection holds on to no chunk.
      buffer = EMPTY;
      at = 0;
      return 'more';
    }
    frame.header = buffer[at]!;
    let length = 0;
    let shift = 0;
    let cursor = at + 1;
    let byte: number;
    do {
      if (cursor >= buffer.length) return 'more';
      // [MQTT-2.2.3]: at most four bytes of remaining length.
      if (shift > 21) return 'bad-length';
      byte = buffer[cursor]!;
      length += (byte & 127) << shift;
      shift += 7;
      cursor += 1;
    } while (byte > 127);
    const end = cursor + length;
    if (end - at > limit) return 'packet-too-large';
    if (end > buffer.length) {
      wanted = end - at;
      return 'more';
    }
    frame.start = at;
    frame.body = cursor;
    frame.end = end;
    at = end;
    return 'frame';
  }

  return {
    push,
    next,
    bytes: () => buffer,
    pending: () => buffer.length - at + waitingBytes,
    limit: (bytes) => {
      limit = bytes;
    },
  };
}
