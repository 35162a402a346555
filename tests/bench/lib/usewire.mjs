import {
  encodeRecords,
  event,
  int,
  modelTable,
  oneOf,
  product,
  series,
  session,
  writeRow,
} from '@usewire/protocol/model';
import { encodeMessage, Writer } from '@usewire/protocol/wire';
import { baseS, eventTypes, sleepFields, words } from './workload.mjs';

function attributesOf(fields) {
  return Object.fromEntries(
    fields.map(([name, least, most]) => [name, words[name] ? oneOf(...words[name]) : int(least, most)]),
  );
}

const sleepRanges = {
  asleep: [0, 1440],
  awakenings: [0, 60],
  deep: [0, 1440],
  rem: [0, 1440],
  hr_mean: [25, 220],
  hr_min: [25, 220],
  respiration: [0, 600],
  score: [0, 100],
};

/** The workload's product, as a maker would declare it. */
export const bed = product('acme.bed', 1, {
  purposes: { comfort: { code: 'service_provision', basis: 'contract' } },
  points: {
    heart_rate: series({ id: 1, for: 'comfort', range: [25, 220], periodMs: 1000, unit: '/min' }),
    position_changed: event({
      id: 2,
      for: 'comfort',
      resolutionMs: 1000,
      attributes: attributesOf(eventTypes[0][2]),
    }),
    massage_started: event({
      id: 3,
      for: 'comfort',
      resolutionMs: 1000,
      attributes: attributesOf(eventTypes[1][2]),
    }),
    light_changed: event({
      id: 4,
      for: 'comfort',
      resolutionMs: 1000,
      attributes: attributesOf(eventTypes[2][2]),
    }),
    alarm_dismissed: event({
      id: 5,
      for: 'comfort',
      resolutionMs: 1000,
      attributes: attributesOf(eventTypes[3][2]),
    }),
    sleep: session({
      id: 6,
      for: 'comfort',
      resolutionMs: 60_000,
      attributes: Object.fromEntries(sleepFields.map((name) => [name, int(...sleepRanges[name])])),
    }),
  },
});

export const table = modelTable(bed);
const indexOf = (name) => table.points.findIndex((point) => point.name === name);
const baseMs = baseS * 1000;

function seriesEntry(samples, atMs) {
  return { form: 'series', point: indexOf('heart_rate'), atMs, periodMs: 1000, samples };
}

export function entriesOf(workload) {
  const { heartRates, events, sleep } = workload;
  const records = events.map(({ atS, type, values }) => ({
    form: 'record',
    point: indexOf(eventTypes[type][1]),
    atMs: baseMs + atS * 1000,
    values,
  }));
  records.push({
    form: 'record',
    point: indexOf('sleep'),
    atMs: baseMs + sleep.atS * 1000,
    values: [sleep.duration, ...sleep.values],
  });
  return [seriesEntry(heartRates, baseMs), ...records];
}

/** A device in its 37th boot that has sent 412 messages in it. */
function messageOf(records, uptimeMs, more = {}) {
  return encodeMessage({
    kind: 1,
    seq: 412,
    boot: 37,
    uptimeMs,
    modelHash: table.hash.subarray(0, 4),
    epoch: 3,
    records,
    ...more,
  });
}

/** A whole data message. */
export function dataMessage(entries, form, atMs = baseMs) {
  return messageOf(encodeRecords(table, atMs, entries, form), atMs);
}

/** The same with what the SDK adds where the gateway may not know the time of this boot yet: a clock, and the age of the base. */
export function timedMessage(entries, form) {
  const clock = { unixMs: 1_764_000_000_000, quality: 3 };
  return messageOf(encodeRecords(table, baseMs, entries, form), baseMs, { clock, ageMs: 12_345_678 });
}

/** Records as rows, as a board that encodes each when it happens sends them. */
export function rowsMessage(records) {
  const out = new Writer(4096);
  let beforeMs = baseMs;
  out.arrayHead(records.length);
  for (const entry of records) {
    writeRow(out, table, entry.atMs - beforeMs, entry);
    beforeMs = entry.atMs;
  }
  return messageOf(out.finish(), baseMs);
}

/** The hello of a later connect within the same boot. */
export function reconnect() {
  return encodeMessage({
    kind: 0,
    seq: 412,
    boot: 37,
    uptimeMs: baseMs,
    modelHash: table.hash.subarray(0, 8),
  });
}

/** A night in messages of at most `maxBytes`; each takes as many samples as fit. */
export function nightMessages(samples, form, maxBytes) {
  const messages = [];
  let from = 0;
  while (from < samples.length) {
    let count = Math.min(samples.length - from, maxBytes * 4);
    const encode = () => {
      const atMs = baseMs + from * 1000;
      return dataMessage([seriesEntry(samples.slice(from, from + count), atMs)], form, atMs);
    };
    let message = encode();
    while (message.length > maxBytes) {
      count = Math.floor((count * maxBytes) / message.length) - 1;
      message = encode();
    }
    messages.push(message);
    from += count;
  }
  return messages;
}
