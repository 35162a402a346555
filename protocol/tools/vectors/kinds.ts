import { type Boot, electiveInt, Kind } from '@usewire/protocol/wire';
import { accept, bytesOf, type Vector } from './vector.ts';

const head = { seq: 1032, boot: 417 as Boot, uptimeMs: 86411495 };
const hash8 = bytesOf('9372c470978d116a');
const hash4 = bytesOf('9372c470');
const oneTap = bytesOf('81 8401 00 01 a2 0102 0201');
const maxInt = 9007199254740991;
const maxU32 = 4294967295;

/** Every kind, small and full. */
export const kindVectors: Vector[] = [
  accept('hello/reconnect', 'POU-KIND-1', 'a known device comes back: hash only', {
    kind: Kind.hello,
    ...head,
    modelHash: hash8,
  }),
  accept('hello/first-of-boot', 'POU-KIND-1', 'the first hello of a boot says what the board is', {
    kind: Kind.hello,
    ...head,
    modelHash: hash8,
    hardware: { hw: 'brewer7', sw: '1.4.2', reset: 1 },
    levels: [0, 1],
  }),
  accept('hello/battery', 'POU-KIND-1', 'the same with the battery as an elective label', {
    kind: Kind.hello,
    seq: 0,
    boot: 417,
    uptimeMs: 912,
    modelHash: hash8,
    hardware: { hw: 'brewer7', sw: '1.4.2', reset: 1 },
    levels: [1, 4],
    elective: [electiveInt(-1, 87)],
  }),
  accept('hello/no-reset-cause', 'POU-KIND-1', 'hardware without a reset cause', {
    kind: Kind.hello,
    ...head,
    modelHash: hash8,
    hardware: { hw: 'b', sw: '1' },
    levels: [0],
  }),
  accept('hello/full', 'POU-KIND-1', 'every label of hello', {
    kind: Kind.hello,
    ...head,
    modelHash: hash8,
    clock: { unixMs: 1795305600000, quality: 3, boundMs: 250 },
    hardware: { hw: 'Bett "Zürich" €', sw: '2.0.0-rc.1', reset: 9 },
    levels: [0, 1, 2, 3],
    nonce: bytesOf('0102030405060708'),
  }),
  accept('data/one-tap', 'POU-KIND-2', 'one event with two attributes, of subject 1, 850 ms old', {
    kind: Kind.data,
    ...head,
    modelHash: hash4,
    epoch: 12,
    records: oneTap,
    subject: 1,
    ageMs: 850,
  }),
  accept('data/smallest', 'POU-KIND-2', 'the smallest data message', {
    kind: Kind.data,
    seq: 0,
    boot: 0,
    uptimeMs: 0,
    modelHash: hash4,
    epoch: 0,
    records: bytesOf('81 82 01 00'),
  }),
  accept('data/packed', 'POU-KIND-2', 'packed records are one byte string', {
    kind: Kind.data,
    ...head,
    modelHash: hash4,
    epoch: 12,
    records: bytesOf('43 a1b2c0'),
  }),
  accept('data/full', 'POU-KIND-2', 'every label of data at its largest', {
    kind: Kind.data,
    seq: maxU32,
    boot: maxU32,
    uptimeMs: maxInt,
    modelHash: hash4,
    epoch: maxU32,
    clock: { unixMs: maxInt, quality: 4, boundMs: maxInt },
    records: oneTap,
    subject: 255,
    ageMs: maxInt,
  }),
  accept('data/elective', 'POU-ENV-4', 'elective labels are kept: battery 93 %, RSSI -71 dBm', {
    kind: Kind.data,
    ...head,
    modelHash: hash4,
    epoch: 12,
    records: oneTap,
    elective: [electiveInt(-1, 93), electiveInt(-2, -71)],
  }),
  accept('status/one', 'POU-KIND-3', 'a heartbeat with one state', {
    kind: Kind.status,
    ...head,
    state: { 0: 1 },
  }),
  accept('status/full', 'POU-KIND-3', 'a heartbeat with a clock and values of each type', {
    kind: Kind.status,
    ...head,
    clock: { unixMs: 1795305600000, quality: 1 },
    state: { 0: true, 1: false, 2: -40, 23: 'idle', 24: bytesOf('00ff'), 255: 0.5, 4294967295: 21.625 },
  }),
  accept('bye/going', 'POU-KIND-4', 'a clean end', { kind: Kind.bye, ...head, reason: 0 }),
  accept('bye/lost', 'POU-KIND-4', 'the will', { kind: Kind.bye, ...head, reason: 9 }),
];
