import { riceStart, riceState, toHex, Writer, zigzag } from '@usewire/protocol/wire';
import { pointAt } from './lamp.ts';
import { packed, pointBits, pulse, record } from './packed-item.ts';
import { dataMessage, refuses } from './record-vector.ts';
import { bytesOf, reject, type Vector } from './vector.ts';

const blink = record('blinked', () => undefined);
const withByte = (item: Uint8Array, last: number[]) => {
  const writer = new Writer(64);
  writer.bytes(Uint8Array.from([...item.subarray(1), ...last]));
  return writer.finish();
};

/** Packed records that are refused. */
export const packedRefusals: Vector[] = [
  refuses(
    'packed/cut',
    ['POU-PACK-6', 'malformed'],
    'a stream that ends inside a record',
    `42${toHex(blink.subarray(1, 3))}`,
  ),
  refuses(
    'packed/trailing-byte',
    ['POU-PACK-6', 'malformed'],
    'a whole byte of padding',
    withByte(blink, [0]),
  ),
  refuses(
    'packed/padding',
    ['POU-PACK-6', 'malformed'],
    'a padding bit that is 1',
    record('blinked', (bits) => bits.bits(1, 1)),
  ),
  refuses(
    'packed/nothing',
    ['POU-KIND-2', 'schema'],
    'no series and no records',
    packed(0, (bits) => {
      bits.eg(0, 0);
      bits.eg(0, 4);
    }),
  ),
  refuses(
    'packed/point-15',
    ['POU-REC-7', 'schema'],
    'a point beyond the table',
    packed(0, (bits) => {
      bits.eg(0, 0);
      bits.eg(1, 4);
      bits.bits(15, pointBits);
      bits.bits(0, 20);
    }),
  ),
  refuses(
    'packed/series-of-gauge',
    ['POU-REC-5', 'schema'],
    'a series of a gauge',
    packed(0, (bits) => {
      bits.eg(1, 0);
      bits.bits(pointAt('dim'), pointBits);
      bits.bits(0, 40);
    }),
  ),
  refuses(
    'packed/series-as-record',
    ['POU-REC-5', 'schema'],
    'a record of a series',
    record('pulse', (bits) => bits.bits(0, 8)),
  ),
  refuses(
    'packed/tick-6',
    ['POU-PACK-10', 'schema'],
    'tick 6',
    packed(6, (bits) => bits.bits(0, 21)),
  ),
  refuses(
    'packed/tick-7',
    ['POU-PACK-10', 'schema'],
    'tick 7',
    packed(7, (bits) => bits.bits(0, 21)),
  ),
  refuses(
    'packed/enum-3',
    ['POU-REC-8', 'out-of-range'],
    'a label beyond the enum',
    record('mode', (bits) => bits.bits(3, 2)),
  ),
  refuses(
    'packed/range-101',
    ['POU-REC-8', 'out-of-range'],
    '101 in a range to 100 that is refused',
    record('dim', (bits) => bits.bits(101, 7)),
  ),
  refuses(
    'packed/needless-escape',
    ['POU-PACK-8', 'not-deterministic'],
    'an escape of a value inside the range',
    record('warmth', (bits) => {
      bits.bits(1001, 10);
      bits.eg(zigzag(215), 8);
    }),
  ),
  refuses(
    'packed/beyond-escape',
    ['POU-PACK-8', 'malformed'],
    'a code above the escape',
    record('warmth', (bits) => {
      bits.bits(1002, 10);
      bits.bits(0, 16);
    }),
  ),
  refuses(
    'packed/own-period-of-model',
    ['POU-REC-5', 'not-deterministic'],
    "the model's period repeated",
    pulse((bits) => {
      bits.bits(1, 1);
      bits.eg(1000, 10);
      bits.eg(0, 6);
      bits.bits(60 - 25, 8);
    }),
  ),
  refuses(
    'packed/many-samples',
    ['POU-PACK-6', 'malformed'],
    'a million samples in no bits',
    pulse((bits) => {
      bits.bits(0, 1);
      bits.eg(999999, 6);
      bits.bits(60 - 25, 8);
    }),
  ),
  refuses(
    'packed/sample-outside',
    ['POU-REC-8', 'out-of-range'],
    'a sample above its range by its difference',
    pulse((bits) => {
      bits.bits(0, 1);
      bits.eg(1, 6);
      bits.bits(195, 8);
      bits.rice(zigzag(1), riceState(riceStart.difference));
    }),
  ),
  refuses(
    'packed/bad-text',
    ['POU-CBOR-4', 'malformed'],
    'a text that is not UTF-8',
    record('tapped', (bits) => {
      bits.bits(0b00_0_0_1, 5);
      bits.eg(1, 3);
      bits.octets(bytesOf('ff'));
      bits.bits(0, 5);
    }),
  ),
  refuses(
    'packed/long-golomb',
    ['POU-PACK-1', 'malformed'],
    '53 zeros before a number',
    record('drift', (bits) => {
      bits.bits(0, 53);
      bits.bits(1, 53);
      bits.bits(0, 24);
    }),
  ),
  {
    ...reject(
      'model/unknown',
      ['POU-REC-7', 'unknown-model'],
      'a message of another model',
      toHex(dataMessage(blink)).replace(/44([0-9a-f]{8})0502/, '44000000000502'),
    ),
    model: 'lamp',
    cddl: 'match',
  },
];
