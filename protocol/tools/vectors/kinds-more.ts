import { type Boot, Kind } from '@usewire/protocol/wire';
import { accept, bytesOf, type Vector } from './vector.ts';

const head = { seq: 1032, boot: 417 as Boot, uptimeMs: 86411495 };
const hash8 = bytesOf('9372c470978d116a');
const hash4 = bytesOf('9372c470');
const requestId = bytesOf('000102030405060708090a0b0c0d0e0f');
const oneTap = bytesOf('81 8401 00 01 a2 0102 0201');

/** The kinds from ack on, small and full. */
export const moreKindVectors: Vector[] = [
  accept('ack/nothing', 'POU-KIND-5', 'nothing of this boot is stored yet', {
    kind: Kind.ack,
    boot: 0,
    nextSeq: 0,
  }),
  accept('ack/cumulative', 'POU-KIND-5', 'everything below 1033 is stored', {
    kind: Kind.ack,
    boot: 417,
    nextSeq: 1033,
  }),
  accept('ack/ranges', 'POU-KIND-5', 'below 5, 7 to 9, and 11 are stored', {
    kind: Kind.ack,
    boot: 417,
    nextSeq: 5,
    ranges: [
      [7, 9],
      [11, 11],
    ],
  }),
  accept('ack/boot-id', 'POU-ENV-6', 'a random boot id', {
    kind: Kind.ack,
    boot: bytesOf('0102030405060708'),
    nextSeq: 1,
  }),
  accept('nack/consent-stale', 'POU-KIND-6', 'consent-stale for one message', {
    kind: Kind.nack,
    seq: 1032,
    boot: 417,
    code: 12,
  }),
  accept('nack/overloaded', 'POU-KIND-6', 'overloaded: try again after 30 s', {
    kind: Kind.nack,
    seq: 7,
    boot: 1,
    code: 16,
    retryAfterMs: 30000,
    detail: 'disk nearly full',
  }),
  accept('nack/bare', 'POU-KIND-6', 'bytes whose seq could not be read', { kind: Kind.nack, code: 1 }),
  accept('nack/empty-detail', 'POU-KIND-6', 'a detail of no length', {
    kind: Kind.nack,
    code: 18,
    detail: '',
  }),
  accept('time/plain', 'POU-KIND-7', 'the time and its quality', {
    kind: Kind.time,
    clock: { unixMs: 1795305600000, quality: 4 },
  }),
  accept('time/bound', 'POU-KIND-7', 'good to 20 ms', {
    kind: Kind.time,
    clock: { unixMs: 0x1a200f4624e, quality: 3, boundMs: 20 },
  }),
  accept('time/bound-and-nonce', 'POU-KIND-7', "an answer to a device's nonce, good to 20 ms", {
    kind: Kind.time,
    clock: { unixMs: 1800000005966, quality: 3, boundMs: 20 },
    nonce: bytesOf('00112233445566778899aabbccddeeff'),
  }),
  accept('consent/set', 'POU-KIND-8', 'granted, withdrawn, refused', {
    kind: Kind.consent,
    epoch: 12,
    subject: 1,
    choices: { 1: 1, 2: 2, 7: 0 },
  }),
  accept('consent/nothing', 'POU-KIND-8', 'no purpose is granted', {
    kind: Kind.consent,
    epoch: 0,
    subject: 0,
    choices: {},
  }),
  accept('consent/full', 'POU-KIND-8', 'with an end and the hash of the consent record', {
    kind: Kind.consent,
    epoch: 13,
    subject: 255,
    choices: { 12: 1 },
    validUntilMs: 1826841600000,
    recordHash: bytesOf('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'),
  }),
  accept('consent-ack/plain', 'POU-KIND-9', 'the device acts on epoch 12', {
    kind: Kind.consentAck,
    ...head,
    epoch: 12,
    subject: 1,
  }),
  accept('choice/withdrawn', 'POU-KIND-10', 'a person withdrew on the device', {
    kind: Kind.choice,
    ...head,
    epoch: 12,
    subject: 1,
    choices: { 7: 2 },
  }),
  accept('config/values', 'POU-KIND-11', 'values of each type and a list', {
    kind: Kind.config,
    configId: 3,
    config: { 1: 60000, 2: true, 3: 'night', 4: [1, -1, 0.5], 5: [], 300: bytesOf('') },
  }),
  accept('config/defaults', 'POU-KIND-11', 'an empty configuration: defaults', {
    kind: Kind.config,
    configId: 0,
    config: {},
  }),
  accept('config-ack/plain', 'POU-KIND-12', 'the device runs configuration 3', {
    kind: Kind.configAck,
    ...head,
    configId: 3,
  }),
  accept('model-req/short', 'POU-KIND-13', 'by 4 bytes of the hash', {
    kind: Kind.modelReq,
    modelHash: hash4,
  }),
  accept('model-req/whole', 'POU-KIND-13', 'by the whole hash', {
    kind: Kind.modelReq,
    modelHash: bytesOf('9372c470978d116a000102030405060708090a0b0c0d0e0f1011121314151617'),
  }),
  accept('model/small', 'POU-KIND-13', 'a canonical description', {
    kind: Kind.model,
    modelHash: hash8,
    model: bytesOf('a0'),
  }),
  accept('erase/everything', 'POU-KIND-14', 'everything of subject 2', {
    kind: Kind.erase,
    subject: 2,
    requestId,
  }),
  accept('erase/range', 'POU-KIND-14', 'one day of nobody in particular', {
    kind: Kind.erase,
    subject: 0,
    requestId,
    range: [1795305600000, 1795391999999],
  }),
  accept('erase/instant', 'POU-KIND-14', 'a range of one millisecond', {
    kind: Kind.erase,
    subject: 0,
    requestId,
    range: [5, 5],
  }),
  accept('erase-ack/count', 'POU-KIND-15', '1,440 records are gone', {
    kind: Kind.eraseAck,
    ...head,
    requestId,
    count: 1440,
  }),
  accept('export-req/everything', 'POU-KIND-16', 'everything the device holds', {
    kind: Kind.exportReq,
    requestId,
  }),
  accept('export-req/range', 'POU-KIND-16', 'one day', {
    kind: Kind.exportReq,
    requestId,
    range: [0, 86399999],
  }),
  accept('export/first', 'POU-KIND-16', 'the first of several parts', {
    kind: Kind.export,
    ...head,
    modelHash: hash4,
    records: oneTap,
    requestId,
    part: 0,
    last: false,
  }),
  accept('export/nothing', 'POU-KIND-16', 'nothing to export: one part without records', {
    kind: Kind.export,
    ...head,
    modelHash: hash4,
    records: bytesOf('80'),
    requestId,
    part: 0,
    last: true,
  }),
  accept('export/packed-nothing', 'POU-KIND-16', 'the same in packed form', {
    kind: Kind.export,
    ...head,
    modelHash: hash4,
    records: bytesOf('40'),
    requestId,
    part: 4294967295,
    last: true,
  }),
  accept('erase-req/everything', 'POU-KIND-17', 'subject 2 presses the button: everything', {
    kind: Kind.eraseReq,
    ...head,
    subject: 2,
    requestId,
  }),
  accept('erase-req/range', 'POU-KIND-17', 'last night of subject 1', {
    kind: Kind.eraseReq,
    ...head,
    subject: 1,
    requestId,
    range: [1795305600000, 1795341599999],
  }),
  accept('erase-req/everybody', 'POU-KIND-17', 'the product is sold', {
    kind: Kind.eraseReq,
    ...head,
    requestId,
  }),
  accept('erase/everybody', 'POU-KIND-14', 'everybody, everything', { kind: Kind.erase, requestId }),
  accept('erase-receipt/small', 'POU-KIND-18', 'nothing was left to erase', {
    kind: Kind.eraseReceipt,
    requestId,
    count: 0,
  }),
  accept('erase-receipt/places', 'POU-KIND-18', 'what each place says of it', {
    kind: Kind.eraseReceipt,
    state: { 0: 1795305612345, 1: 'gateway: 640 records erased', 2: 'store: 800 records erased' },
    requestId,
    count: 1440,
  }),
];
