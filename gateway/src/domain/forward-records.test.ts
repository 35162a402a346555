import { encodeRecords } from '@usewire/protocol/model';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { bedHash, bedModel, bedPoint, bedTable } from '../testing/bed-model.ts';
import { bedMessage } from '../testing/test-spool.ts';
import { nobodyAgreed } from './consent/coverage.ts';
import { createRecordDecoder, type ModelSource } from './forward-records.ts';
import type { StoredMessage } from './ports.ts';

const bed = { model: bedModel, table: bedTable };
const source: ModelSource = (_tenant, hash) => (hash === bedHash ? bed : undefined);

function stored(position: number, change: Partial<StoredMessage> = {}): StoredMessage {
  return { ...bedMessage(position - 1), position, ...change };
}

describe('record decoder', () => {
  it('gives each record its identity, its wall time and its value in model units', () => {
    const decoded = createRecordDecoder(source, nobodyAgreed)([stored(3)]);
    if (!decoded.ok) throw new Error(decoded.detail);
    expect(decoded.records).toEqual([
      {
        tenant: 'acme',
        device: 'bed-1',
        product: 'smart_bed',
        position: 3,
        point: 'temperature',
        pointId: 4,
        kind: 'gauge',
        subject: null,
        boot: '1',
        seq: 2,
        index: 0,
        atMs: 1_700_000_003_000,
        uptimeMs: 3_000,
        timeQuality: 3,
        timeBoundMs: null,
        receivedAtMs: 1_700_000_000_000,
        consentEpoch: 0,
        modelHash: bedHash,
        value: 20.2,
        attributes: {},
        flags: [],
      },
    ]);
    expect([...decoded.models]).toEqual([[`acme/${bedHash}`, bedModel]]);
  });

  it('names the subject, and keeps and flags what is out of range', () => {
    const entry = { form: 'record' as const, point: bedPoint('temperature'), atMs: 1_000, values: [999] };
    const payload = encodeMessage({
      kind: Kind.data,
      seq: 0,
      boot: 1,
      uptimeMs: 1_000,
      modelHash: bedTable.hash.slice(0, 4),
      epoch: 2,
      subject: 2,
      records: encodeRecords(bedTable, 1_000, [entry], 'packed'),
    });
    const decoded = createRecordDecoder(source, nobodyAgreed)([stored(1, { payload })]);
    if (!decoded.ok) throw new Error(decoded.detail);
    expect(decoded.records[0]).toMatchObject({
      subject: 'right',
      value: 99.9,
      flags: ['out_of_range'],
      consentEpoch: 2,
    });
  });

  it('passes over messages that carry no records', () => {
    const decoded = createRecordDecoder(
      source,
      nobodyAgreed,
    )([stored(1, { kind: Kind.choice, modelHash: '' })]);
    expect(decoded).toMatchObject({ ok: true, records: [] });
  });

  it('says which model is missing, and at which message', () => {
    const decoded = createRecordDecoder(
      source,
      nobodyAgreed,
    )([stored(1), stored(2, { modelHash: 'ffffffff' })]);
    expect(decoded).toEqual({
      ok: false,
      kind: 'unknown-model',
      position: 2,
      detail: 'model ffffffff is not known',
    });
  });

  it('says where a stored message cannot be read', () => {
    const decoded = createRecordDecoder(
      source,
      nobodyAgreed,
    )([stored(7, { payload: new Uint8Array([0xa1, 0, 1]) })]);
    expect(decoded).toMatchObject({ ok: false, kind: 'undecodable', position: 7 });
  });
});
