import { createRequire } from 'node:module';
import { Encoder } from 'cbor-x';
import { eventTypes, sleepFields, words } from './workload.mjs';

const sparkplug = createRequire(import.meta.url)('sparkplug-payload').get('spBv1.0');

const startMs = 1_764_000_000_000;
const cbor = new Encoder({ useRecords: false, tagUint8Array: false, variableMapSize: true });

function word(name, value) {
  return words[name] ? words[name][value] : value;
}

/** Each event and the session as [name, ms of Unix time, attributes in words]. */
function namedRecords({ events, sleep }) {
  const named = events.map(({ atS, type, values }) => {
    const [, name, fields] = eventTypes[type];
    return [
      name,
      startMs + atS * 1000,
      Object.fromEntries(fields.map(([field], i) => [field, word(field, values[i])])),
    ];
  });
  const numbers = Object.fromEntries(sleepFields.map((field, i) => [field, sleep.values[i]]));
  const startedMs = startMs + sleep.atS * 1000;
  return [...named, ['sleep', startedMs, { start: startedMs / 1000, duration: sleep.duration, ...numbers }]];
}

function bytesOfJson(value) {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Rows with a sequence number and a time, as agents on gateways send them. */
export function jsonRows(workload) {
  let sequence = 0;
  const rows = workload.heartRates.map((value, i) => ({
    sequence: ++sequence,
    timestamp: startMs + i * 1000,
    heart_rate: value,
  }));
  for (const [name, timestamp, values] of namedRecords(workload)) {
    rows.push({ sequence: ++sequence, timestamp, event: name, ...values });
  }
  return bytesOfJson(rows);
}

/** The upload shape of IoT platforms: a time and values by name. */
export function jsonValues(workload) {
  const rows = workload.heartRates.map((value, i) => ({
    ts: startMs + i * 1000,
    values: { heart_rate: value },
  }));
  for (const [name, ts, values] of namedRecords(workload)) rows.push({ ts, values: { [name]: values } });
  return bytesOfJson(rows);
}

const senml = { bn: -2, bt: -3, n: 0, v: 2, vs: 3, t: 6 };

/** RFC 8428 with base name, base time and relative times. */
export function senmlCbor(workload) {
  const pack = workload.heartRates.map((value, i) => {
    const item = new Map();
    if (i === 0) {
      item.set(senml.bn, 'heart_rate');
      item.set(senml.bt, startMs / 1000);
    }
    if (i > 0) item.set(senml.t, i);
    return item.set(senml.v, value);
  });
  for (const [name, atMs, values] of namedRecords(workload)) {
    Object.entries(values).forEach(([field, value], i) => {
      const item = new Map();
      if (i === 0) item.set(senml.bn, `${name}/`);
      item.set(senml.n, field);
      item.set(senml.t, (atMs - startMs) / 1000);
      pack.push(item.set(typeof value === 'number' ? senml.v : senml.vs, value));
    });
  }
  return cbor.encode(pack).length;
}

/** One metric a value, by alias after the birth; the birth itself is not counted. */
export function sparkplugB(workload) {
  const aliases = new Map();
  const metric = (name, timestamp, value) => {
    if (!aliases.has(name)) aliases.set(name, aliases.size + 1);
    const type = typeof value === 'number' ? 'UInt32' : 'String';
    return { alias: aliases.get(name), timestamp, type, value };
  };
  const metrics = workload.heartRates.map((value, i) => metric('heart_rate', startMs + i * 1000, value));
  for (const [name, atMs, values] of namedRecords(workload)) {
    for (const [field, value] of Object.entries(values))
      metrics.push(metric(`${name}/${field}`, atMs, value));
  }
  return sparkplug.encodePayload({ timestamp: startMs, seq: 12, metrics }).length;
}
