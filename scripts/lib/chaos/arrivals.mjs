import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chaosTable } from './model.mjs';
import { load } from './packages.mjs';

const { compileModel, materialise } = await load('@usewire/protocol/check');

/** Lines of JSON. A last line without its end was torn by a kill and is left out when `torn` allows it. */
export async function* jsonLines(path, { torn = false } = {}) {
  if (!existsSync(path)) return;
  let held;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (held !== undefined) yield JSON.parse(held);
    held = line;
  }
  if (held === undefined || held === '') return;
  try {
    yield JSON.parse(held);
  } catch (error) {
    if (!torn) throw error;
  }
}

/** Every record of the JSONL sink, in the order in which it stands there. */
export async function* fromJsonl(folder) {
  if (!existsSync(folder)) return;
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  // The position stands last in the name, and grows; the time before it may be equal.
  names.sort((a, b) => Number(/(\d+)\.jsonl$/.exec(a)[1]) - Number(/(\d+)\.jsonl$/.exec(b)[1]));
  for (const name of names) yield* jsonLines(join(folder, name));
}

/**
 * Every record that the receiver took, in order of arrival; then what it refused for ever, from the gateway's quarantine. A message
 * that it refused and took later (the gateway was killed in between) counts once.
 */
export async function* fromReceiver(file, spoolFile) {
  const taken = new Set();
  for await (const { events } of jsonLines(file)) {
    for (const event of events) {
      const record = fromCloudEvent(event);
      taken.add(messageKey(record));
      yield record;
    }
  }
  for (const record of await refusedBy('remote', spoolFile)) if (!taken.has(messageKey(record))) yield record;
}

const messageKey = ({ device, boot, seq }) => `${device} ${boot} ${seq}`;

/** Records of the messages that stand in quarantine because a sink refused them, each message once. Their times are not kept there. */
async function refusedBy(sink, spoolFile) {
  const checker = compileModel(chaosTable);
  const messages = new Map();
  for (const { tenant, device, received_ms, payload } of await rowsOf(
    spoolFile,
    `SELECT * FROM quarantine WHERE link = 'sink:${sink}'`,
  )) {
    const checked = checker.check(payload);
    const boot =
      typeof checked.boot === 'number' ? String(checked.boot) : Buffer.from(checked.boot).toString('hex');
    const place = {
      tenant,
      device,
      subject: null,
      boot,
      seq: checked.seq,
      position: null,
    };
    const time = { atMs: received_ms, timeQuality: 0, timeBoundMs: null };
    const records = materialise(chaosTable, checked).map((record) => ({ ...place, ...time, ...record }));
    messages.set(messageKey(place), records);
  }
  return [...messages.values()].flat();
}

/** What the gateway itself refused of what devices sent: a line for each. */
export async function refusedAtIntake(spoolFile) {
  const rows = await rowsOf(spoolFile, "SELECT * FROM quarantine WHERE link NOT LIKE 'sink:%'");
  return rows.map(({ device, reason, detail }) => `${device}: ${reason}, ${detail}`);
}

async function rowsOf(file, select) {
  const { DatabaseSync } = await load('@photostructure/sqlite');
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare(select).all();
  } finally {
    db.close();
  }
}

function fromCloudEvent({ id, subject, time, sequence, data }) {
  const [boot, seq, index] = id.split('/');
  return {
    tenant: data.tenant,
    device: data.device,
    point: data.point,
    pointId: data.kind === 'gap' || data.point === 'gap' ? 0 : 1,
    kind: data.kind,
    subject: subject ?? null,
    boot,
    seq: Number(seq),
    index: Number(index),
    position: Number(sequence.split('.')[0]),
    atMs: Date.parse(time),
    uptimeMs: data.uptimeMs,
    timeQuality: data.timeQuality,
    timeBoundMs: data.timeBoundMs,
    value: data.value ?? null,
    attributes: data.attributes,
  };
}

/** Every record of the SQLite sink, read from its tables as anybody would. */
export async function* fromSqlite(file) {
  if (!existsSync(file)) return;
  const { DatabaseSync } = await load('@photostructure/sqlite');
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    for (const { table_name, point, point_id, kind, value_column } of db
      .prepare('SELECT * FROM points')
      .all()) {
      for (const row of db.prepare(`SELECT * FROM "${table_name}"`).iterate()) {
        const value = value_column === null ? null : row[value_column];
        yield fromRow(row, { point, pointId: point_id, kind, value });
      }
    }
    for (const row of db.prepare('SELECT * FROM gap_rows').iterate()) {
      yield fromRow(row, { point: 'gap', pointId: 0, kind: 'gap', value: row.lost });
    }
  } finally {
    db.close();
  }
}

function fromRow(row, place) {
  const attributes = {};
  for (const name of ['n', 'word'])
    if (row[name] !== undefined && row[name] !== null) attributes[name] = row[name];
  return {
    tenant: row.tenant,
    device: row.device,
    subject: row.subject,
    boot: row.boot,
    seq: row.seq,
    index: row.idx,
    atMs: row.at_ms,
    uptimeMs: row.uptime_ms,
    timeQuality: row.time_quality,
    timeBoundMs: row.time_bound_ms,
    attributes,
    ...place,
  };
}
