import {
  BitWriter,
  type RiceState,
  riceStart,
  riceState,
  toHex,
  Writer,
  zigzag,
} from '@usewire/protocol/wire';
import { pointAt } from './lamp.ts';
import { dataMessage, reads, refuses } from './record-vector.ts';
import { bytesOf, reject, type Vector } from './vector.ts';

const pointBits = 4;

/** A packed item that an author writes bit by bit: tick, then whatever follows. */
function packed(tick: number, write: (bits: BitWriter, times: RiceState) => void): Uint8Array {
  const bits = new BitWriter(4096);
  bits.bits(tick, 3);
  write(bits, riceState(riceStart.time));
  const item = new Writer(4096);
  item.bytes(bits.finish());
  return item.finish();
}

/** One record of a point at the base; its fields follow. */
function record(name: string, write: (bits: BitWriter) => void): Uint8Array {
  return packed(0, (bits, times) => {
    bits.eg(0, 0);
    bits.eg(1, 4);
    bits.bits(pointAt(name), pointBits);
    bits.rice(0, times);
    write(bits);
  });
}

function pulse(write: (bits: BitWriter) => void): Uint8Array {
  return packed(0, (bits) => {
    bits.eg(1, 0);
    bits.bits(pointAt('pulse'), pointBits);
    bits.eg(0, 10);
    write(bits);
  });
}

const read = (id: string, requirement: string, description: string, item: Uint8Array): Vector =>
  reads(id, requirement, description, toHex(item));

const blink = record('blinked', () => undefined);
const withByte = (item: Uint8Array, last: number[]) => {
  const writer = new Writer(64);
  writer.bytes(Uint8Array.from([...item.subarray(1), ...last]));
  return writer.finish();
};

/** Packed records bit by bit. */
export const packedVectors: Vector[] = [
  read('packed/blink', 'POU-PACK-6', 'one event and padding', blink),
  read(
    'packed/bool-enum',
    'POU-PACK-7',
    'an enum of 3 in 2 bits, a bool in 1, 7 optional fields absent',
    record('tapped', (bits) => bits.bits(0b10_1_0000000, 10)),
  ),
  read(
    'packed/text',
    'POU-PACK-7',
    'a text of two bytes',
    record('tapped', (bits) => {
      bits.bits(0b00_0_0_1, 5);
      bits.eg(2, 3);
      bits.octets(bytesOf('6869'));
      bits.bits(0, 5);
    }),
  ),
  read(
    'packed/location',
    'POU-PACK-7',
    'a location with its accuracy',
    record('tapped', (bits) => {
      bits.bits(0b00_0_0_0_0_0_1, 8);
      bits.eg(zigzag(491234567), 20);
      bits.eg(zigzag(-81234567), 20);
      bits.bits(1, 1);
      bits.eg(5, 4);
      bits.bits(0, 2);
    }),
  ),
  read(
    'packed/histogram',
    'POU-PACK-7',
    'a histogram of one bucket',
    record('load', (bits) => {
      bits.eg(1, 3);
      for (const number of [1, zigzag(5), zigzag(5), zigzag(5), zigzag(-1), 0, zigzag(-4), 1])
        bits.eg(number, 4);
    }),
  ),
  read(
    'packed/range',
    'POU-PACK-8',
    '0..100 in 7 bits',
    record('dim', (bits) => bits.bits(100, 7)),
  ),
  read(
    'packed/escape',
    'POU-PACK-8',
    'a value above a range that is kept',
    record('warmth', (bits) => {
      bits.bits(1001, 10);
      bits.eg(zigzag(9000), 8);
    }),
  ),
  read(
    'packed/no-range',
    'POU-PACK-8',
    'zigzag EG(4) of a gauge without a range',
    record('drift', (bits) => bits.eg(zigzag(-100), 4)),
  ),
  read(
    'packed/counter',
    'POU-PACK-8',
    'EG(4) of a counter, which has no sign',
    record('turns', (bits) => bits.eg(70000, 4)),
  ),
  read(
    'packed/delta',
    'POU-PACK-9',
    'a first value and one difference',
    packed(3, (bits, times) => {
      const warmth = riceState(riceStart.difference);
      bits.eg(0, 0);
      bits.eg(2, 4);
      bits.bits(pointAt('warmth'), pointBits);
      bits.rice(0, times);
      bits.bits(215 + 200, 10);
      bits.bits(pointAt('warmth'), pointBits);
      bits.rice(60, times);
      bits.rice(zigzag(-3), warmth);
    }),
  ),
  read(
    'packed/minute-ticks',
    'POU-PACK-10',
    'tick 5: minutes',
    packed(5, (bits, times) => {
      bits.eg(0, 0);
      bits.eg(2, 4);
      for (const minutes of [1, 480]) {
        bits.bits(pointAt('blinked'), pointBits);
        bits.rice(minutes, times);
      }
    }),
  ),
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
