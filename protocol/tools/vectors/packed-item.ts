import { BitWriter, type RiceState, riceStart, riceState, Writer } from '@usewire/protocol/wire';
import { pointAt } from './lamp.ts';

export const pointBits = 4;

/** A packed item that an author writes bit by bit: tick, then whatever follows. */
export function packed(tick: number, write: (bits: BitWriter, times: RiceState) => void): Uint8Array {
  const bits = new BitWriter(4096);
  bits.bits(tick, 3);
  write(bits, riceState(riceStart.time));
  const item = new Writer(4096);
  item.bytes(bits.finish());
  return item.finish();
}

/** One record of a point at the base; its fields follow. */
export function record(name: string, write: (bits: BitWriter) => void): Uint8Array {
  return packed(0, (bits, times) => {
    bits.eg(0, 0);
    bits.eg(1, 4);
    bits.bits(pointAt(name), pointBits);
    bits.rice(0, times);
    write(bits);
  });
}

export function pulse(write: (bits: BitWriter) => void): Uint8Array {
  return packed(0, (bits) => {
    bits.eg(1, 0);
    bits.bits(pointAt('pulse'), pointBits);
    bits.eg(0, 10);
    write(bits);
  });
}
