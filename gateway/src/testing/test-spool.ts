import { encodeRecords } from '@usewire/protocol/model';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import type { AdmittedMessage, QuarantinedMessage, SpoolStore } from '../domain/ports.ts';
import { openSqliteSpool } from '../spool/sqlite-spool.ts';
import { bedHash, bedPoint, bedTable } from './bed-model.ts';

const ROOM = 1_000_000_000;

export interface TestSpool extends SpoolStore {
  /** Commits `count` messages of one temperature record each; seq goes on from call to call. */
  add(count: number, change?: Partial<AdmittedMessage>): Promise<void>;
  quarantined(): QuarantinedMessage[];
}

/** The real store, in memory. */
export function testSpool(): TestSpool {
  const limits = { maxBytes: ROOM, maxQuarantineBytes: ROOM, maxQuarantineBytesPerDevice: ROOM };
  const spool = openSqliteSpool({ directory: null, ...limits });
  let seq = 0;
  return {
    ...spool,
    async add(count, change = {}) {
      const messages = Array.from({ length: count }, () => bedMessage(seq++, change));
      const result = await spool.commit(messages, []);
      if (!result.ok) throw new Error(result.failure.message);
    },
    quarantined: () => spool.quarantine({}),
  };
}

/** A data message of a bed with one temperature record: 20.0 degrees plus its seq in tenths. */
export function bedMessage(seq: number, change: Partial<AdmittedMessage> = {}): AdmittedMessage {
  const uptimeMs = 1_000 * (seq + 1);
  const values = [200 + seq];
  const entry = { form: 'record' as const, point: bedPoint('temperature'), atMs: uptimeMs, values };
  return {
    tenant: 'acme',
    device: 'bed-1',
    kind: Kind.data,
    boot: '1',
    seq,
    receivedAtMs: 1_700_000_000_000,
    time: { originMs: 1_700_000_000_000, quality: 3, boundMs: null, method: 'device' },
    modelHash: bedHash,
    recordCount: 1,
    gapCount: 0,
    seal: 0,
    payload: encodeMessage({
      kind: Kind.data,
      seq,
      boot: 1,
      uptimeMs,
      modelHash: bedTable.hash.slice(0, 4),
      epoch: 0,
      records: encodeRecords(bedTable, uptimeMs, [entry], 'plain'),
    }),
    ...change,
  };
}
