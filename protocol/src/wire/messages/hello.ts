import {
  arrayItem,
  bytesItem,
  type Clock,
  clockItem,
  type ItemType,
  textItem,
  u32Item,
  uintItem,
} from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineUpMessage, type Envelope, type UpHead } from '../message-spec.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** What the board is. Reset cause 0..9 where the platform knows it. */
export interface Hardware {
  hw: string;
  sw: string;
  reset?: number;
}

const nameItem = textItem(1, 64);
const resetItem = uintItem(0, 9);

const hardwareItem: ItemType<Hardware> = {
  read: function (reader: Reader): Hardware {
    const count = reader.arrayHead(2, 3);
    const hardware: Hardware = { hw: nameItem.read(reader), sw: nameItem.read(reader) };
    if (count === 3) hardware.reset = resetItem.read(reader);
    return hardware;
  },
  write: function (writer: Writer, value: Hardware): void {
    writer.arrayHead(value.reset === undefined ? 2 : 3);
    nameItem.write(writer, value.hw);
    nameItem.write(writer, value.sw);
    if (value.reset !== undefined) resetItem.write(writer, value.reset);
  },
};

/** Birth of a session. Hardware and levels travel in the first hello of a boot only; both or neither. */
export interface HelloMessage extends Envelope, UpHead {
  kind: typeof Kind.hello;
  /** First 8 bytes of the model hash. */
  modelHash: Uint8Array;
  clock?: Clock;
  hardware?: Hardware;
  /** Security levels the device can do. */
  levels?: number[];
  /** Echo of a nonce of the gateway. */
  nonce?: Uint8Array;
}

function bothOrNeither(message: HelloMessage): string {
  if ((message.hardware === undefined) === (message.levels === undefined)) return '';
  return 'labels 10 (hardware) and 11 (levels) come together';
}

export const helloSpec = defineUpMessage<HelloMessage>(
  Kind.hello,
  [
    { label: Label.modelHash, name: 'modelHash', type: bytesItem(8, 8), optional: false },
    { label: Label.clock, name: 'clock', type: clockItem, optional: true },
    { label: Label.hardware, name: 'hardware', type: hardwareItem, optional: true },
    { label: Label.levels, name: 'levels', type: arrayItem(u32Item, 1, 8), optional: true },
    { label: Label.nonce, name: 'nonce', type: bytesItem(8, 64), optional: true },
  ],
  bothOrNeither,
);
