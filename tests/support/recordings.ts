import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createAdmin,
  createForwarders,
  createGateway,
  createSqliteSink,
  type QuarantineEntry,
} from '@usewire/gateway';
import { type ReplayReport, replay } from '@usewire/simulators';
import { describe, expect } from 'vitest';
import { DatabaseSync } from './sqlite.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const given = process.env.USEWIRE_DATA;
const data = resolve(root, given ?? '../shared/data');

/** Tests of the recordings of one folder; where the folder is not there they are skipped, and their name says why. */
export function describeRecordings(folder: string, tests: (path: string) => void): void {
  const path = join(data, folder);
  const found = existsSync(path);
  const why = given ? 'not under USEWIRE_DATA' : 'not at ../shared/data, and USEWIRE_DATA is not set';
  const name = found ? `recordings of ${folder}` : `recordings of ${folder} (skipped: ${why})`;
  describe.skipIf(!found)(name, () => tests(path));
}

type Row = Record<string, number | string | null>;
type Parameter = number | string;

/** What the store has after recordings went through SDK, MQTT, gateway and the SQLite sink. */
export interface Played {
  report: ReplayReport;
  all(sql: string, ...parameters: Parameter[]): Row[];
  /** The only row. */
  one(sql: string, ...parameters: Parameter[]): Row;
  /** Every record of every file is stored once: nothing lost, doubled, refused or out of its place. */
  expectWhole(files: number): void;
  close(): void;
}

/** Plays all recordings under a path through a gateway of its own, and opens what came out at the far end. */
export async function playFolder(path: string): Promise<Played> {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-recordings-'));
  const file = join(directory, 'usage.db');
  const { report, quarantine } = await throughGateway(path, directory, file);
  const db = new DatabaseSync(file, { readOnly: true });
  const all = (sql: string, ...parameters: Parameter[]) =>
    db
      .prepare(sql)
      .all(...parameters)
      .map(plain);
  const one = (sql: string, ...parameters: Parameter[]) => {
    const rows = all(sql, ...parameters);
    expect(rows).toHaveLength(1);
    return rows[0]!;
  };
  return {
    report,
    all,
    one,
    expectWhole: (files) => expectWhole({ report, quarantine, files, one }),
    close() {
      db.close();
      rmSync(directory, { recursive: true });
    },
  };
}

async function throughGateway(path: string, directory: string, file: string) {
  const forwarders = createForwarders({ drainMs: 60_000 });
  const gateway = createGateway(
    // The oldest recording is of 2007; those without a date begin in 2020.
    { mqtt: { port: 0 }, spool: { directory }, path: { earliestPlausibleMs: Date.UTC(2000, 0, 1) } },
    {
      sinks: [createSqliteSink({ name: 'usage', file })],
      parts: [createAdmin({ port: 0 }, forwarders), forwarders.part],
    },
  );
  const { mqttPort, httpPort } = await gateway.start();
  try {
    const outcome = await replay({
      paths: [path],
      gateway: `mqtt://127.0.0.1:${mqttPort}`,
      http: `http://127.0.0.1:${httpPort}`,
    });
    if (!outcome.ok) {
      throw new Error(outcome.message);
    }
    return { report: outcome.report, quarantine: gateway.view.quarantine({}) };
  } finally {
    // Its drain ends when the sink has everything.
    await gateway.stop();
  }
}

interface Whole {
  report: ReplayReport;
  quarantine: readonly QuarantineEntry[];
  files: number;
  one(sql: string): Row;
}

function expectWhole({ report, quarantine, files, one }: Whole): void {
  for (const file of report.files) {
    expect(file, file.file).toMatchObject({ badRows: 0, gaps: 0, stored: file.accepted });
    expect(file.failure, file.file).toBeUndefined();
  }
  expect(report).toMatchObject({ verdict: 'pass', refused: [], rejected: 0 });
  expect(report.files).toHaveLength(files);
  expect(quarantine).toEqual([]);
  const sum = (name: 'accepted' | 'flagged') => report.files.reduce((total, file) => total + file[name], 0);
  expect(one('SELECT count(*) AS records, count(flags) AS flagged FROM records')).toEqual({
    records: sum('accepted'),
    flagged: sum('flagged'),
  });
  expect(
    one(`SELECT count(*) AS doubled FROM (SELECT 1 FROM records
      GROUP BY tenant, device, product, point, boot, seq, idx HAVING count(*) > 1)`),
  ).toEqual({ doubled: 0 });
  expect(one('SELECT count(*) AS gaps FROM gaps')).toEqual({ gaps: 0 });
  expect(one('SELECT count(*) AS guessed FROM records WHERE time_quality < 3')).toEqual({ guessed: 0 });
}

/** Rows come without a prototype, which `toEqual` would tell from a literal. */
function plain(row: unknown): Row {
  return { ...(row as Row) };
}
