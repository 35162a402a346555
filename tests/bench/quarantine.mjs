import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openSqliteSpool } from '@usewire/gateway';
import { encodeModel, encodeRecords, event, int, modelTable, product } from '@usewire/protocol/model';
import { encodeMessage, Kind } from '@usewire/protocol/wire';

const GOAL_PER_S = 5_000;
const DEVICES = 100;
const bin = join(import.meta.dirname, '..', '..', 'gateway', 'bin', 'usewire.js');
const execute = promisify(execFile);

const ofVersion = (version, most) =>
  product('bench.lamp', version, {
    purposes: { service: { basis: 'contract', code: 'service_provision' } },
    points: { switched: event({ id: 1, for: 'service', attributes: { brightness: int(0, most) } }) },
  });
const wrong = modelTable(ofVersion(1, 100));
const corrected = ofVersion(2, 200);
const table = modelTable(corrected);

/** What a device sent that is brighter than its model allowed: 20 records. */
function entryOf(number) {
  const seq = Math.floor(number / DEVICES);
  const uptimeMs = 60_000 + seq * 1_000;
  const entries = Array.from({ length: 20 }, (_, i) => ({
    form: 'record',
    point: 1,
    atMs: uptimeMs + i,
    values: [101 + i],
  }));
  const head = { kind: Kind.data, seq, boot: 1, uptimeMs, modelHash: wrong.hash.subarray(0, 4), epoch: 0 };
  const records = encodeRecords(table, uptimeMs, entries, 'plain');
  return {
    ...{ tenant: 'bench', device: `lamp-${number % DEVICES}`, receivedAtMs: 1_700_000_000_000 + seq },
    ...{ reason: 'outOfRange', detail: 'brightness is above its range', link: 'mqtt', topic: 'up' },
    payload: encodeMessage({ ...head, records }),
  };
}

async function fill(directory, rows) {
  const room = 2 ** 40;
  const store = openSqliteSpool({
    directory,
    maxBytes: room,
    maxQuarantineBytes: room,
    maxQuarantineBytesPerDevice: room,
  });
  for (let from = 0; from < rows; from += 1_000) {
    const outcome = await store.commit(
      [],
      Array.from({ length: 1_000 }, (_, i) => entryOf(from + i)),
    );
    if (!outcome.ok) throw new Error(outcome.failure.message);
  }
  await store.close();
}

async function usewire(...args) {
  const started = performance.now();
  const { stdout } = await execute(process.execPath, [bin, 'quarantine', ...args, '--json']);
  return { took: (performance.now() - started) / 1_000, report: JSON.parse(stdout) };
}

/** Q2: the command, from its start to its end, over a store on the disk. */
export async function run({ json = false, quick = false } = {}) {
  const rows = quick ? 10_000 : 100_000;
  const directory = mkdtempSync(join(tmpdir(), 'usewire-quarantine-'));
  try {
    await fill(directory, rows);
    const model = join(directory, 'corrected.model');
    writeFileSync(model, encodeModel(corrected));
    const args = ['--data-dir', directory, '--model', model];
    const dry = await usewire('replay', '--dry-run', ...args);
    const once = await usewire('replay', ...args);
    const twice = await usewire('replay', ...args);
    for (const [what, stored, { report }] of [
      ['dry run', rows, dry],
      ['replay', rows, once],
      ['second replay', 0, twice],
    ]) {
      if (report.stored !== stored) throw new Error(`${what}: ${JSON.stringify(report)}`);
    }
    const figures = {
      rows,
      replayPerS: Math.round(rows / once.took),
      dryRunPerS: Math.round(rows / dry.took),
    };
    const lines = [
      `  replay of ${rows} messages of 20 records after a model fix: ${figures.replayPerS} messages/s (goal ${GOAL_PER_S}), ${once.took.toFixed(1)} s`,
      `  dry run: ${figures.dryRunPerS} messages/s; a second replay stores nothing`,
    ];
    (json ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
    return figures;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
