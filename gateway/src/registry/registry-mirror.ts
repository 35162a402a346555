import { createHash } from 'node:crypto';
import type { DeviceId, Log, Scheduler } from '../domain/ports.ts';
import type { SharedEntry, SharedState } from '../domain/shared-state.ts';
import { registryRows } from './registry-rows.ts';
import { laterRow, readRowText, rowText } from './row-text.ts';
import { inTransaction, openRegistryFile } from './schema.ts';

export interface RegistryMirrorPorts {
  shared: SharedState;
  nowMs(): number;
  log: Log;
  scheduler: Scheduler;
}

export interface RegistryMirror {
  close(): void;
}

const LOOK_EVERY_MS = 250;
const WAIT_MS = 5_000;
const BY = 'another gateway';

/**
 * Keeps the registry of this gateway and those of all others alike, both ways. It has a connection of its own, so that the gateway notices what
 * it writes as it notices the command line. What was agreed last stands in the file: a change that was made while the others could not be
 * reached is told later, and one that was not made here does not undo theirs.
 */
export function openRegistryMirror(directory: string, ports: RegistryMirrorPorts): RegistryMirror {
  const { shared, log, scheduler } = ports;
  const db = openRegistryFile(directory, WAIT_MS);
  const rows = registryRows(db);
  const agreed = db.prepare('SELECT revision, digest FROM agreed WHERE tenant = ? AND device = ?');
  const agree = db.prepare('INSERT OR REPLACE INTO agreed VALUES (?, ?, ?, ?)');
  const version = db.prepare('PRAGMA data_version');
  let arrived: SharedEntry[] = [];
  let seenVersion = -1;
  let seenChange = 0;
  let isClosed = false;
  let callOff = (): void => {};

  const agreedOn = ({ tenant, device }: DeviceId) =>
    (agreed.get(tenant, device) as { revision: number; digest: string } | undefined) ?? {
      revision: 0,
      digest: '',
    };

  /** Tells what was changed here since all agreed last. */
  async function push(id: DeviceId, atRevision = agreedOn(id).revision): Promise<void> {
    const row = rows.find(id);
    const text = row === null ? null : rowText(row);
    if (text === null || digestOf(text) === agreedOn(id).digest) return;
    const revision = await shared.put('devices', `${id.tenant}.${id.device}`, Buffer.from(text), atRevision);
    // null: a newer one is on its way here, and is held against this one when it comes.
    if (revision !== null && !isClosed) agree.run(id.tenant, id.device, revision, digestOf(text));
  }

  /** In one transaction: a gateway that comes new takes thousands. */
  function takeAll(): void {
    const entries = arrived;
    arrived = [];
    if (isClosed) return;
    const mine: { id: DeviceId; revision: number }[] = [];
    inTransaction(db, () => {
      for (const entry of entries) {
        const revision = take(entry);
        if (revision !== null) mine.push(revision);
      }
    });
    for (const { id, revision } of mine) void push(id, revision).catch(() => {});
  }

  /** null = what came holds here now; else what is here is to be told in its place. */
  function take({ value, revision }: SharedEntry): { id: DeviceId; revision: number } | null {
    const text = Buffer.from(value).toString();
    const theirs = readRowText(text);
    const known = agreedOn(theirs);
    if (revision <= known.revision) return null;
    const own = rows.find(theirs);
    const isChanged = own !== null && digestOf(rowText(own)) !== known.digest;
    if (isChanged && rowText(own) !== text && laterRow(own, theirs) === own) return { id: theirs, revision };
    if (own === null || rowText(own) !== text) {
      rows.put(theirs);
      const { tenant, device } = theirs;
      rows.tell({
        tenant,
        device,
        atMs: ports.nowMs(),
        what: theirs.status === 'revoked' ? 'revoked' : 'changed',
        by: BY,
      });
    }
    agree.run(theirs.tenant, theirs.device, revision, digestOf(text));
    return null;
  }

  async function look(): Promise<void> {
    try {
      const { data_version: now } = version.get() as { data_version: number };
      if (now !== seenVersion && shared.problem() === null) {
        const last = rows.lastChange();
        for (const id of rows.changedSince(seenChange)) await push(id);
        // Only now: what could not be told is told at the next look.
        seenVersion = now;
        seenChange = last;
      }
    } catch (error) {
      log.warn('shared.registry-not-told', { problem: String((error as Error).message) });
    }
    if (!isClosed) callOff = scheduler.after(LOOK_EVERY_MS, () => void look());
  }

  shared.watch('devices', (entry) => {
    arrived.push(entry);
    if (arrived.length === 1) scheduler.soon(takeAll);
  });
  void look();
  return {
    close() {
      isClosed = true;
      callOff();
      db.close();
    },
  };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
