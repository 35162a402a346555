import { chars, type Octets } from '../board/octets.ts';
import type { FlashPort } from './ports.ts';

/*
 * A segment is a head of 12 bytes (magic, generation, CRC) and frames. A frame, big-endian, padded with 0xFF to words:
 *   0  u16  bytes of the body
 *   2  u8   kind
 *   3  u8   how often it was thinned; + 128: it tells all losses before it
 *   4  u8   subject slot        5  u8   purpose code        6  u16  worth
 *   8  u32  id
 *   12 u32  CRC-32 of length, id, generation and place: what an earlier use of the segment left, or a body that looks like a frame, is none
 *   16 u32  CRC-32 of bytes 2 to 11 and the body
 * A frame is wiped by zeros over bytes 2 to 7 and the body: the first CRC still leads over it.
 */
export const segmentHeadBytes = 12;
export const frameHeadBytes = 20;
const magic = 'PoU1';

/** 1 to 3 are messages by priority. Torn: the power went before the body was whole. */
export const FrameKind = { wiped: 0, bulk: 3, settled: 4, lost: 5, torn: 6 } as const;

export interface Frame {
  at: number;
  /** Where the next one is. */
  end: number;
  kind: number;
  thinned: number;
  tells: boolean;
  slot: number;
  purpose: number;
  worth: number;
  id: number;
  length: number;
}

export function u16(value: number): Octets {
  return chars((value >> 8) & 255, value & 255);
}

export function u32(value: number): Octets {
  return u16(value >>> 16) + u16(value);
}

export function readU16(bytes: Octets, at: number): number {
  return bytes.charCodeAt(at) * 256 + bytes.charCodeAt(at + 1);
}

export function readU32(bytes: Octets, at: number): number {
  return readU16(bytes, at) * 65536 + readU16(bytes, at + 2);
}

export function segmentHead(port: FlashPort, generation: number): Octets {
  const named = magic + u32(generation);
  return named + u32(port.crc32(named));
}

/** The generation of a segment; 0 = it is free, or its making or retiring was cut short. */
export function generationOf(port: FlashPort, segment: number): number {
  const bytes = port.read(segment, 0, segmentHeadBytes);
  if (bytes.length < segmentHeadBytes) return 0;
  const generation = readU32(bytes, 4);
  return bytes === segmentHead(port, generation) ? generation : 0;
}

function headSeal(port: FlashPort, length: number, id: number, generation: number, at: number): Octets {
  return u32(port.crc32(u16(length) + u32(id) + u32(generation) + u16(at)));
}

/** The bytes of a frame at `at`, with its padding. */
export function frameBytes(
  port: FlashPort,
  frame: Pick<Frame, 'kind' | 'thinned' | 'tells' | 'slot' | 'purpose' | 'worth' | 'id'>,
  body: Octets,
  generation: number,
  at: number,
): Octets {
  const about =
    chars(frame.kind, frame.thinned + (frame.tells ? 128 : 0), frame.slot, frame.purpose) +
    u16(frame.worth) +
    u32(frame.id);
  const seal = headSeal(port, body.length, frame.id, generation, at);
  const bytes = u16(body.length) + about + seal + u32(port.crc32(about + body)) + body;
  return bytes + '\xff\xff\xff'.substr(0, -bytes.length & 3);
}

/** The frame at `at`; null where there is none. Its body is read only to check it. */
export function frameAt(port: FlashPort, segment: number, generation: number, at: number): Frame | null {
  const head = port.read(segment, at, frameHeadBytes);
  if (head.length < frameHeadBytes) return null;
  const length = readU16(head, 0);
  const id = readU32(head, 8);
  const end = (at + frameHeadBytes + length + 3) & ~3;
  if (end > port.segmentBytes || headSeal(port, length, id, generation, at) !== head.substr(12, 4))
    return null;
  const flags = head.charCodeAt(3);
  const frame = {
    at: at,
    end: end,
    kind: head.charCodeAt(2) as number,
    thinned: flags & 127,
    tells: flags > 127,
    slot: head.charCodeAt(4),
    purpose: head.charCodeAt(5),
    worth: readU16(head, 6),
    id: id,
    length: length,
  };
  const body = bodyOf(port, segment, frame);
  if (frame.kind && u32(port.crc32(head.substr(2, 10) + body)) !== head.substr(16, 4)) {
    frame.kind = FrameKind.torn;
    frame.tells = false;
  }
  return frame;
}

export function bodyOf(port: FlashPort, segment: number, frame: Frame): Octets {
  return frame.length ? port.read(segment, frame.at + frameHeadBytes, frame.length) : '';
}

/** The first frame at or behind `at`; null when there is none. Where the power went in the middle of a head, the next begins at some word behind it. */
export function frameFrom(port: FlashPort, segment: number, generation: number, at: number): Frame | null {
  for (let place = at; place + frameHeadBytes <= port.segmentBytes; place += 4) {
    const frame = frameAt(port, segment, generation, place);
    if (frame) return frame;
    // Nothing is ever written behind blank bytes.
    if (isBlank(port, segment, place)) return null;
  }
  return null;
}

/** Nothing is written from `at` on. */
export function isBlank(port: FlashPort, segment: number, at: number): boolean {
  let blank = '\xff\xff\xff\xff';
  while (blank.length < 64) blank += blank;
  for (let place = at; place < port.segmentBytes; place += 64) {
    const bytes = port.read(segment, place, Math.min(64, port.segmentBytes - place));
    if (bytes !== blank.substr(0, bytes.length)) return false;
  }
  return true;
}
