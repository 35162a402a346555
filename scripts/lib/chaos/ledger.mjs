import { chaosTable } from './model.mjs';
import { load } from './packages.mjs';

const { compileModel } = await load('@usewire/protocol/check');
const { parseTopic } = await load('@usewire/protocol/wire');

const DATA = 1;
const keyOf = (device, boot, seq) => `${device} ${boot} ${seq}`;

/** A boot as sinks name it: the counter, or the id in hex. */
const bootText = (boot) => (typeof boot === 'number' ? String(boot) : Buffer.from(boot).toString('hex'));

/** What the gateway acknowledged on the wire, by message: how many records and losses it vouched for. `keep` gets a line of each. */
export function createLedger(keep) {
  const checker = compileModel(chaosTable);
  const acked = new Map();
  let acks = 0;
  let unread = 0;
  return {
    /** A PUBACK went out for this message. */
    ack(topic, payload) {
      const place = parseTopic(topic);
      if (place === null || place.leaf !== 'up') return;
      const message = checker.check(payload);
      if (!message.ok) {
        // Hello, birth and the rest carry no records.
        if (!isData(payload)) return;
        unread += 1;
        return;
      }
      acks += 1;
      const vouched = { records: message.recordCount, gaps: message.gapCount };
      const key = keyOf(place.device, bootText(message.boot), message.seq);
      acked.set(key, vouched);
      keep({ message: key, ...vouched });
    },
    acks: () => acks,
    messages: () => acked.size,
    /** Acknowledged data that the model's own checker cannot read: nothing of that is sent here. */
    unread: () => unread,
    records: () => [...acked.values()].reduce((sum, one) => sum + one.records, 0),
    audit: () => auditOf(acked),
  };
}

/**
 * Counts what of the acknowledged messages is in one sink.
 * @public used by tests, by path
 * @param {Map<string, {records: number, gaps: number}>} acked by device, boot and seq
 */
export function auditOf(acked) {
  const found = new Map();
  return {
    see(record) {
      const key = keyOf(record.device, record.boot, record.seq);
      const there = found.get(key) ?? { records: 0, gaps: 0 };
      found.set(key, there);
      if (record.pointId === 0) there.gaps += Number(record.value);
      else there.records += 1;
    },
    /** Acknowledged records that are not there, and those that are there too often; with one example. */
    result() {
      const result = { lost: 0, extra: 0, example: null };
      for (const [key, { records, gaps }] of acked) {
        const there = found.get(key) ?? { records: 0, gaps: 0 };
        const off = records - there.records;
        if (off === 0 && gaps === there.gaps) continue;
        if (off > 0) result.lost += off;
        if (off < 0) result.extra -= off;
        if (off === 0) result.lost += Math.abs(gaps - there.gaps);
        const had = `acknowledged ${records} records and ${gaps} losses`;
        result.example ??= `${key}: ${had}, there are ${there.records} and ${there.gaps}`;
      }
      return result;
    },
  };
}

/** The head of a CBOR map whose label 0 is the kind. */
function isData(payload) {
  return payload[1] === 0 && payload[2] === DATA;
}
