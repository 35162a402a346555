import {
  encodeSerialFrame,
  encodeSerialLine,
  type SerialDirection,
  serialBody,
} from '@usewire/protocol/serial';
import { crc32, toHex } from '@usewire/protocol/wire';
import { ackHex, dataOf } from './seal-row.ts';
import { bytesOf } from './vector.ts';

/** One row of vectors/serial.json: bytes on a link, and what a receiver makes of them. */
export interface SerialRow {
  id: string;
  requirement: string;
  description: string;
  mode: 'framed' | 'line';
  /** Of the frames that the receiver takes, and of the frame. */
  direction: SerialDirection;
  maxFrameBytes: number;
  /** In hex; null when nothing comes out. */
  frame: string | null;
  /** In hex: from delimiter to delimiter, both included. */
  link: string;
  verdict: 'accept' | 'reject';
  /** Which counter of the receiver rises. */
  code?: string;
  /** Another way to write it, that a receiver takes and no sender has to make. */
  oneWay?: boolean;
}

type What = [id: string, requirement: string, description: string];
type Settings = Partial<Pick<SerialRow, 'mode' | 'direction' | 'maxFrameBytes' | 'oneWay'>>;
const usual = { mode: 'framed' as const, direction: 'up' as const, maxFrameBytes: 4096 };

function made([id, requirement, description]: What, frame: string, settings: Settings = {}): SerialRow {
  const row = { ...usual, ...settings };
  const encode = row.mode === 'framed' ? encodeSerialFrame : encodeSerialLine;
  const link = toHex(encode(row.direction, bytesOf(frame), crc32));
  return { id, requirement, description, ...row, frame: toHex(bytesOf(frame)), link, verdict: 'accept' };
}

/** The same frame, written in another way. */
function taken(what: What, row: SerialRow, link: string): SerialRow {
  const [id, requirement, description] = what;
  return { ...row, id, requirement, description, link: toHex(bytesOf(link)), oneWay: true };
}

function refused(what: What, code: string, link: string, settings: Settings = {}): SerialRow {
  const [id, requirement, description] = what;
  const row = { ...usual, ...settings };
  return {
    id,
    requirement,
    description,
    ...row,
    frame: null,
    link: toHex(bytesOf(link)),
    verdict: 'reject',
    code,
  };
}

/** A line of text in hex, with its first byte and its end. */
const lineOf = (text: string): string => toHex(Buffer.from(`\u0016${text}\n`, 'latin1'));
const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
const bodyHex = (frame: string): string => toHex(serialBody('up', bytesOf(frame), crc32));
const line = { mode: 'line' as const };
const ack = made(['ack-down', 'POU-SERIAL-2', 'an ack to a device'], ackHex, { direction: 'dn' });
const data = toHex(dataOf(417, 1032));
const oneByte = made(['one-byte', 'POU-SERIAL-2', 'the shortest frame: type 00, ff, CRC-32 6cdbfd72'], 'ff');
const fullEnd = made(
  ['full-end', 'POU-SERIAL-2', 'a body that ends with a full block: no empty block after it'],
  'aa'.repeat(250),
);
const oneLine = made(['line/one-byte', 'POU-SERIAL-3', 'six bytes of body, no padding'], 'ff', line);
const twoLine = made(
  ['line/two-bytes', 'POU-SERIAL-3', 'seven bytes of body, two characters of padding'],
  'a0 00',
  line,
);

export const serialRows: SerialRow[] = [
  oneByte,
  ack,
  made(['data-up', 'POU-SERIAL-1', 'a data message'], data),
  made(['zeros', 'POU-SERIAL-2', 'nothing but zeros: blocks of no byte'], '00'.repeat(6)),
  made(
    ['full-block', 'POU-SERIAL-2', 'a block of 254 bytes after the type, and the CRC after it'],
    'ff'.repeat(254),
  ),
  made(['long-run', 'POU-SERIAL-2', '600 bytes without a zero: three blocks'], 'aa'.repeat(600)),
  made(['longest', 'POU-SERIAL-5', 'as long as the receiver takes'], '01'.repeat(16), { maxFrameBytes: 16 }),
  fullEnd,
  oneLine,
  twoLine,
  made(
    ['line/three-bytes', 'POU-SERIAL-3', 'eight bytes of body, one character of padding'],
    'a0 00 01',
    line,
  ),
  made(['line/data', 'POU-SERIAL-3', 'a data message'], data, line),
  made(['line/ack', 'POU-SERIAL-1', 'an ack to a device'], ackHex, { ...line, direction: 'dn' }),
  taken(
    [
      'full-end/empty-block',
      'POU-SERIAL-2',
      'an empty block after a full one, as the paper on COBS writes it',
    ],
    fullEnd,
    fullEnd.link.replace(/00$/, '0100'),
  ),
  taken(
    ['idle', 'POU-SERIAL-2', 'delimiters without anything between them'],
    oneByte,
    `000000${oneByte.link}000000`,
  ),
  taken(
    ['line/crlf', 'POU-SERIAL-3', 'a carriage return before the line feed'],
    oneLine,
    oneLine.link.replace(/0a$/, '0d0a'),
  ),
  refused(['short/empty-block', 'POU-SERIAL-4', 'a block of nothing'], 'malformed', '00 01 00'),
  refused(
    ['short/no-frame', 'POU-SERIAL-4', 'a type and its CRC, no frame'],
    'malformed',
    '00 01 05 8def02d2 00',
  ),
  refused(
    ['cut/whole-body', 'POU-SERIAL-4', 'a block that promises a byte more than there is'],
    'malformed',
    oneByte.link.replace('06ff', '07ff'),
  ),
  refused(['cut', 'POU-SERIAL-4', 'ends inside a block'], 'malformed', `${oneByte.link.slice(0, -4)}00`),
  refused(
    ['crc/last-bit', 'POU-SERIAL-4', 'one bit of the CRC is wrong'],
    'checksum',
    oneByte.link.replace('72fddb6c', '72fddb6d'),
  ),
  refused(
    ['crc/high-first', 'POU-SERIAL-1', 'the CRC with its high byte first'],
    'checksum',
    oneByte.link.replace('72fddb6c', '6cdbfd72'),
  ),
  refused(['text', 'POU-SERIAL-4', 'text of a console: "Hello"'], 'malformed', '00 48656c6c6f 00'),
  refused(['way/echo', 'POU-SERIAL-1', "a device's own frame comes back to it"], 'other-way', oneByte.link, {
    direction: 'dn',
  }),
  refused(
    ['type/2', 'POU-SERIAL-1', 'type 2, which POU 1 does not have'],
    'reserved',
    '00 07 02 ff f09fed5e 00',
  ),
  refused(
    ['long', 'POU-SERIAL-5', 'one byte above what is taken'],
    'too-large',
    made(['', '', ''], '01'.repeat(17)).link,
    { maxFrameBytes: 16 },
  ),
  refused(
    ['line/long', 'POU-SERIAL-5', 'one byte above what is taken'],
    'too-large',
    made(['', '', ''], '01'.repeat(17), line).link,
    { ...line, maxFrameBytes: 16 },
  ),
  refused(['line/empty', 'POU-SERIAL-4', 'a line of nothing'], 'malformed', '16 0a', line),
  refused(
    ['line/three-digits', 'POU-SERIAL-3', 'padding left out'],
    'malformed',
    lineOf(base64(bodyHex('a000')).replace(/=+$/, '')),
    line,
  ),
  refused(
    ['line/too-much-padding', 'POU-SERIAL-3', 'padding where none is due'],
    'malformed',
    lineOf(`${base64(bodyHex('ff'))}====`),
    line,
  ),
  refused(
    ['line/digit-after-padding', 'POU-SERIAL-3', 'a digit after padding'],
    'malformed',
    lineOf(base64(bodyHex('a000')).replace('==', '=A')),
    line,
  ),
  refused(
    ['line/spare-bits', 'POU-SERIAL-3', 'bits that are not zero below the last byte'],
    'malformed',
    lineOf(
      base64(bodyHex('a000')).replace(
        /.==$/,
        (end) => `${end === 'A==' ? 'B' : String.fromCharCode(end.charCodeAt(0) + 1)}==`,
      ),
    ),
    line,
  ),
  refused(
    ['line/url-alphabet', 'POU-SERIAL-3', 'a digit of the alphabet for URLs'],
    'malformed',
    lineOf('AP9y-dts'),
    line,
  ),
  refused(['line/space', 'POU-SERIAL-3', 'a space in a line'], 'malformed', lineOf('AP9y /dts'), line),
  refused(
    ['line/cr-inside', 'POU-SERIAL-3', 'a carriage return that no line feed follows'],
    'malformed',
    lineOf('AP9y\r/dts'),
    line,
  ),
  refused(
    ['line/crc', 'POU-SERIAL-4', 'one digit is another one'],
    'checksum',
    oneLine.link.replace(/..0a$/, '740a'),
    line,
  ),
];
