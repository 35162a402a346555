import type { FaultOrder } from './failing-disk.ts';

/** What a device does while the disk fails. */
export type Action = 'data' | 'malformed' | 'model' | 'flood';

export interface WriteSite {
  name: string;
  strikes: Omit<FaultOrder, 'fault'>;
  action: Action;
  /** held: no PUBACK before the disk is mended. given: another place failed; what is acknowledged is stored. */
  ack: 'held' | 'given';
  /** What an operator sees meanwhile: where, in which words. null = nothing that matters is wrong. */
  seen: { page: string; words: RegExp } | null;
}

const STORAGE = {
  page: '/readyz',
  words: /"storage":\{"ok":false,"reason":"SPOOL_(DISK_FULL|IO|READONLY): /,
};

function spool(what: string, action: Action, strikes: WriteSite['strikes']): WriteSite {
  return { name: `spool: ${what}`, strikes, action, ack: 'held', seen: STORAGE };
}

function sink(name: string, what: string, strikes: WriteSite['strikes']): WriteSite {
  const words = new RegExp(`usewire_gateway_sink_up\\{sink="${name}"\\} 0`);
  return {
    name: `${name} sink: ${what}`,
    strikes,
    action: 'data',
    ack: 'given',
    seen: { page: '/metrics', words },
  };
}

const WAL = 'spool.db-wal';
const LINES = 'jsonl/usage-';
const MARK = '.checkpoint.json';

/** Every place of the gateway that writes while it runs. */
export const WRITE_SITES: WriteSite[] = [
  spool('commit, writing', 'data', { calls: ['write'], path: WAL }),
  spool('commit, syncing', 'data', { calls: ['sync'], path: WAL }),
  spool('commit, half a write', 'data', { calls: ['write'], path: WAL, half: true }),
  spool('quarantine', 'malformed', { calls: ['write'], path: WAL }),
  spool('model told by a device', 'model', { calls: ['write'], path: WAL }),
  {
    // The log of the store grows meanwhile; it is as durable as the file.
    name: 'spool: moving its log into the file',
    strikes: { calls: ['write', 'sync'], path: 'spool.db$' },
    action: 'flood',
    ack: 'given',
    seen: null,
  },
  sink('usage', 'writing', { calls: ['write'], path: 'usage.db-wal' }),
  sink('usage', 'syncing', { calls: ['sync'], path: 'usage.db-wal' }),
  sink('jsonl', 'writing', { calls: ['write'], path: LINES }),
  // The rest of the bytes goes through: what counts is that nothing is torn.
  { ...sink('jsonl', 'half a write', { calls: ['write'], path: LINES, half: true }), seen: null },
  sink('jsonl', 'syncing', { calls: ['sync'], path: LINES }),
  sink('jsonl', 'rotation, a new file', { calls: ['open'], path: LINES }),
  sink('jsonl', 'checkpoint', { calls: ['open', 'write'], path: MARK }),
  sink('jsonl', 'checkpoint, renaming', { calls: ['rename'], path: MARK }),
  {
    name: 'log',
    strikes: { calls: ['write'], path: 'gateway.log' },
    action: 'model',
    ack: 'given',
    seen: null,
  },
];
