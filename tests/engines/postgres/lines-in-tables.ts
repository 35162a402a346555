import { lineOf } from '../fleet-day.ts';
import type { PostgresServer } from './server.mjs';

interface Row {
  device: string;
  boot: string;
  seq: string;
  idx: number;
  point: string;
  time: Date;
}

/** Of every record and gap that is there, in the order of texts; twice when it is there twice. */
export async function linesInTables(server: PostgresServer): Promise<string[]> {
  const rows = await server.query<Row>(
    `SELECT device, boot, seq, idx, point, time FROM usewire.records
     UNION ALL SELECT device, boot, seq, idx, 'gap', time FROM usewire.gaps`,
  );
  const lines = rows.map(({ seq, idx, time, ...row }) =>
    lineOf({ ...row, seq: Number(seq), index: idx, atMs: time.getTime() }),
  );
  return lines.sort();
}
