import {
  type Choice,
  type Clock,
  ElectiveLabel,
  electiveInt,
  encodeDeviceMessage,
  Kind,
  type UintMap,
} from '@usewire/protocol/wire';
import type { Boot } from './boot.ts';
import type { Settings } from './options.ts';
import type { WallTime } from './ports.ts';

/** What every message of the device says of its place in the device's life. */
export interface UpPlace {
  boot: Boot;
  /** The next number; consumed only by messages that are stored. */
  seq: number;
  uptimeMs: number;
  wall: WallTime | null;
}

/** Reasons of a bye (label 14): 0 = stopped in order, 9 = lost, said by the other side as the will. */
export const ByeReason = { stopped: 0, lost: 9 } as const;

/** Keys of the state map of a status (label 13). */
export const StatusKey = { accepted: 0, storageFailures: 1, outboxBytes: 2, resent: 3 } as const;

function clockOf(wall: WallTime | null): Clock | undefined {
  if (wall === null || !(wall.unixMs >= 0)) return undefined;
  const clock: Clock = { unixMs: Math.round(wall.unixMs), quality: wall.quality };
  if (wall.boundMs !== undefined) clock.boundMs = Math.ceil(wall.boundMs);
  return clock;
}

/** First of a boot with hardware, software and levels; later ones without (a reconnect stays below 30 bytes). */
export function helloMessage(place: UpPlace, modelHash: Uint8Array, settings: Settings | null): Uint8Array {
  const hardware =
    settings === null
      ? undefined
      : { hw: settings.hardware, sw: settings.software, reset: settings.resetCause };
  return encodeDeviceMessage({
    kind: Kind.hello,
    seq: place.seq,
    boot: place.boot.value,
    uptimeMs: place.uptimeMs,
    modelHash: modelHash.subarray(0, 8),
    clock: settings === null ? undefined : clockOf(place.wall),
    hardware: hardware,
    levels: settings === null ? undefined : [0],
  });
}

export function byeMessage(place: UpPlace, reason: number): Uint8Array {
  return encodeDeviceMessage({
    kind: Kind.bye,
    seq: place.seq,
    boot: place.boot.value,
    uptimeMs: place.uptimeMs,
    reason: reason,
  });
}

export interface StatusFigures {
  state: UintMap<number>;
  recordsDropped: number;
  queueDepth: number;
}

export function statusMessage(place: UpPlace, figures: StatusFigures): Uint8Array {
  return encodeDeviceMessage({
    kind: Kind.status,
    seq: place.seq,
    boot: place.boot.value,
    uptimeMs: place.uptimeMs,
    clock: clockOf(place.wall),
    state: figures.state,
    elective: [
      electiveInt(ElectiveLabel.recordsDropped, figures.recordsDropped),
      electiveInt(ElectiveLabel.queueDepth, figures.queueDepth),
    ],
  });
}

/** `epoch` is the one the choice is made on top of. */
export function choiceMessage(
  place: UpPlace,
  epoch: number,
  subject: number,
  choices: UintMap<Choice>,
): Uint8Array {
  return encodeDeviceMessage({
    kind: Kind.choice,
    seq: place.seq,
    boot: place.boot.value,
    uptimeMs: place.uptimeMs,
    epoch: epoch,
    subject: subject,
    choices: choices,
  });
}

/** Answers the choices of the service: what the device acts on. */
export function consentAckMessage(place: UpPlace, epoch: number, subject: number): Uint8Array {
  return encodeDeviceMessage({
    kind: Kind.consentAck,
    seq: place.seq,
    boot: place.boot.value,
    uptimeMs: place.uptimeMs,
    epoch: epoch,
    subject: subject,
  });
}

/** `slot` -1: everybody. */
export function eraseReqMessage(place: UpPlace, id: Uint8Array, slot: number): Uint8Array {
  return encodeDeviceMessage({
    kind: Kind.eraseReq,
    seq: place.seq,
    boot: place.boot.value,
    uptimeMs: place.uptimeMs,
    subject: slot < 0 ? undefined : slot,
    requestId: id,
  });
}

/** Answers an erase with the records that are erased here, and a receipt with the same. */
export function eraseAckMessage(place: UpPlace, id: Uint8Array, count: number): Uint8Array {
  return encodeDeviceMessage({
    kind: Kind.eraseAck,
    seq: place.seq,
    boot: place.boot.value,
    uptimeMs: place.uptimeMs,
    requestId: id,
    count: count,
  });
}

export function modelMessage(hash: Uint8Array, model: Uint8Array): Uint8Array {
  return encodeDeviceMessage({ kind: Kind.model, modelHash: hash, model: model });
}
