import type { EraseAckMessage, EraseReqMessage } from '@usewire/protocol/wire';
import type { BootEntry, DeviceEntry } from '../device-entry.ts';
import type { DeviceId, MessageKey } from '../ports.ts';
import type { EraseRequest, Erasure } from './erasure.ts';

/** Requests to erase: taken, kept, told to devices. Who does the work is woken by `wake`. */
export interface ErasureDesk {
  /** Durable, with its line in the audit, when it resolves. From the call on late data is refused. */
  ask(request: EraseRequest): Promise<Erasure>;
  /** A person asked on the device; durable together with the message. */
  askedBy(device: DeviceEntry, message: EraseReqMessage): void;
  /** The device has done its part of a request, or has the receipt of one. */
  acked(device: DeviceEntry, message: EraseAckMessage): void;
  /** The device is there: what it has still to hear. */
  greet(device: DeviceEntry): void;
  /** Newest last. */
  list(): readonly Erasure[];
  find(id: string): Erasure | undefined;
  /** Slot of a subject as people name it; undefined in = everybody (null), undefined out = nobody is called that. */
  slot(id: DeviceId, named: number | string | undefined): number | null | undefined;
  /** What models call a slot. */
  names(id: DeviceId, slot: number): readonly string[];
  /** What was refused and is erased has come all the same: nobody looks for it. */
  seen(boot: BootEntry, key: MessageKey): void;
  /** Every place has answered. */
  completed(erasure: Erasure): void;
}

/** Before the desk is there, and where there is none: nothing asks it. */
export const noErasures: ErasureDesk = {
  ask: () => Promise.reject(new Error('nothing is erased here')),
  askedBy() {},
  acked() {},
  greet() {},
  list: () => [],
  find: () => undefined,
  slot: () => undefined,
  names: () => [],
  completed() {},
  seen() {},
};
