import { riceStart, riceState, toHex, zigzag } from '@usewire/protocol/wire';
import { pointAt } from './lamp.ts';
import { packed, pointBits, record } from './packed-item.ts';
import { reads } from './record-vector.ts';
import { bytesOf, type Vector } from './vector.ts';

const read = (id: string, requirement: string, description: string, item: Uint8Array): Vector =>
  reads(id, requirement, description, toHex(item));

const blink = record('blinked', () => undefined);

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
];
