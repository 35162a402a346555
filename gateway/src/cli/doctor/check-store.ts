import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { damagedFrames, openPages } from '../../spool/rescue/pages.ts';
import { salvageMessages, salvageState } from '../../spool/rescue/salvage.ts';
import { openDatabase } from '../../spool/sqlite.ts';
import type { Finding, Patient } from './finding.ts';

/** Every page of the gateway's own databases. What a sink has is looked at with the sink. */
export function checkStore({ config, isRunning }: Patient): Finding[] {
  const spool = join(config.dataDirectory, 'spool.db');
  const identity = join(config.dataDirectory, 'identity.db');
  const findings: Finding[] = [];
  if (existsSync(spool)) findings.push(checkSpool(spool, isRunning));
  if (existsSync(identity)) findings.push(checkIdentity(identity));
  return findings;
}

function checkSpool(path: string, isRunning: boolean): Finding {
  const found = damageIn(path);
  if (found === null)
    return { check: 'store', level: 'ok', says: 'Every page of spool.db is as it should be.' };
  const readable = countReadable(path);
  const says = `spool.db is damaged (${found}). ${readable} of its messages can be read.`;
  const todo = `${isRunning ? 'Let the gateway run' : 'Start the gateway'}: it comes upon the damage by itself, carries over what can be read into a new store, keeps the damaged one beside it, and this command then tells what was lost. Delete nothing.`;
  return { check: 'store', level: 'problem', says, todo, facts: { found, readableMessages: readable } };
}

function checkIdentity(path: string): Finding {
  const found = damageIn(path);
  if (found === null)
    return { check: 'registry', level: 'ok', says: 'Every page of identity.db is as it should be.' };
  const says = `identity.db, the registry of devices, is damaged (${found}).`;
  const todo =
    'Put back a copy of it; without one, move it away and register the devices again with "usewire device add".';
  return { check: 'registry', level: 'problem', says, todo, facts: { found } };
}

/** The first things that SQLite finds wrong, or the log's own; null = nothing. */
export function damageIn(path: string): string | null {
  const frames = damagedFrames(path);
  if (frames > 0) return `${frames} damaged ${frames === 1 ? 'page' : 'pages'} in its log`;
  const db = openDatabase(path);
  try {
    db.exec('PRAGMA query_only = 1; PRAGMA busy_timeout = 2000');
    const rows = db.prepare('PRAGMA integrity_check(3)').all() as { integrity_check: string }[];
    const lines = rows.map((row) => row.integrity_check.replace(/\s+/g, ' '));
    return lines.join('; ') === 'ok' ? null : lines.join('; ');
  } catch (error) {
    return (error as Error).message;
  } finally {
    db.close();
  }
}

function countReadable(path: string): number {
  const pages = openPages(path);
  try {
    const positions = new Set<number>();
    salvageMessages(pages, salvageState(pages), ([position]) => void positions.add(Number(position)));
    return positions.size;
  } finally {
    pages.close();
  }
}
