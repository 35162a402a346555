import { encodeModel, encodeRecords } from '@usewire/protocol/model';
import { encodeMessage } from '@usewire/protocol/wire';
import { bed, entriesOf, table } from '../usewire.mjs';
import { createWorkload } from '../workload.mjs';

export const modelBytes = encodeModel(bed);

/** First sequence number: from here on it takes five bytes on the wire, so that a prepared message can be patched. */
export const firstSeq = 100_000;

/** One data message of 20 usage events (3 attributes each) and where its sequence number stands. */
export function preparedMessage(seed = 1) {
  const events = entriesOf(createWorkload(seed))
    .filter((entry) => entry.form === 'record')
    .slice(0, 20);
  const base = Math.min(...events.map((entry) => entry.atMs));
  const bytes = encodeMessage({
    kind: 1,
    seq: firstSeq,
    boot: 7,
    uptimeMs: base,
    modelHash: table.hash.subarray(0, 4),
    epoch: 3,
    records: encodeRecords(table, base, events, 'plain'),
  });
  // Map head, label 0, kind, label 1, head of a 32-bit integer.
  return { bytes: Buffer.from(bytes), seqAt: 5, records: events.length };
}
