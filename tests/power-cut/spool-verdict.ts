import { join } from 'node:path';
import { type AdmittedMessage, openSqliteSpool, type SpoolStore } from '@usewire/gateway';
import { DatabaseSync } from '../support/sqlite.ts';
import { digest } from './marks.mjs';
import { lookAt, partsOf, type SpoolFound } from './spool-found.ts';
import { nameOf, type SpoolHistory, type ToldMessage } from './spool-history.ts';

export const SPOOL_LIMITS = {
  maxBytes: 2 ** 30,
  maxQuarantineBytes: 2 ** 28,
  maxQuarantineBytesPerDevice: 2 ** 28,
};

export interface SpoolVerdict {
  /** Each begins with its kind: corrupt, lost, doubled, invented, half, accounts. */
  faults: string[];
  /** Whether what was asked and not answered had come about all the same. */
  isPendingStored: boolean;
}

/** Opens what a power cut left as the gateway does, holds it against what was promised, and sends again what devices would. */
export async function judgeSpool(disk: string, history: SpoolHistory): Promise<SpoolVerdict> {
  const directory = join(disk, 'store');
  let store: SpoolStore | undefined;
  try {
    store = openSqliteSpool({ directory, ...SPOOL_LIMITS });
    const found = lookAt(store);
    const faults = [
      ...integrity(directory),
      ...messageFaults(found, history),
      ...otherFaults(found, history),
      ...pendingFaults(found, history),
      ...(await resendFaults(store, found, history)),
    ];
    return { faults, isPendingStored: isPendingStored(found, history) };
  } catch (error) {
    return { faults: [`corrupt: ${String(error)}`], isPendingStored: false };
  } finally {
    await store?.close();
  }
}

function integrity(directory: string): string[] {
  const db = new DatabaseSync(join(directory, 'spool.db'));
  const { integrity_check: found } = db.prepare('PRAGMA integrity_check(1)').get() as {
    integrity_check: string;
  };
  db.close();
  return found === 'ok' ? [] : [`corrupt: ${found}`];
}

function messageFaults(found: SpoolFound, history: SpoolHistory): string[] {
  const faults: string[] = [];
  if (found.byName.size < found.rows.length) faults.push('doubled: a message has two rows');
  for (const [name, told] of history.messages) {
    const row = found.byName.get(name);
    if (!found.window.has(name)) faults.push(`lost: ${name} is not in the window`);
    // Delivered to every sink and pruned: the window alone knows it still.
    if (row === undefined && told.position > history.prunable) faults.push(`lost: ${name}`);
    if (row === undefined) continue;
    if (row.position !== told.position) faults.push(`corrupt: ${name} is at another position`);
    if (digest(row.payload) !== told.digest) faults.push(`corrupt: ${name} has other bytes`);
  }
  const asked = new Set(pendingMessages(history).map(nameOf));
  for (const name of new Set([...found.window, ...found.byName.keys()])) {
    if (!history.messages.has(name) && !asked.has(name)) faults.push(`invented: ${name}`);
  }
  for (const { device, messages, inWindow } of found.counted) {
    if (messages !== inWindow)
      faults.push(`accounts: ${device} counts ${messages}, its window holds ${inWindow}`);
  }
  return faults;
}

function otherFaults(found: SpoolFound, history: SpoolHistory): string[] {
  const faults: string[] = [];
  const { pending } = history;
  const leaving = pending?.asks === 'commit' ? pending.released : [];
  const quarantined = new Set(found.quarantined);
  if (quarantined.size < found.quarantined.length) faults.push('doubled: a quarantined message');
  for (const detail of history.quarantined) {
    if (!quarantined.has(detail) && !leaving.includes(detail)) faults.push(`lost: quarantined ${detail}`);
  }
  for (const number of history.consents)
    if (!found.consents.has(number)) faults.push(`lost: consent ${number}`);
  for (const [sink, position] of history.cursors) {
    const asked = pending?.asks === 'advance' && pending.sink === sink ? pending.position : position;
    const cursor = found.cursor(sink);
    if (cursor !== position && cursor !== asked) faults.push(`lost: the cursor of ${sink} at ${position}`);
  }
  // A position that was given once is never given again, not even when its row is gone.
  if (found.lastPosition < history.lastPosition) faults.push(`lost: position ${history.lastPosition}`);
  return faults;
}

function pendingMessages({ pending }: SpoolHistory): ToldMessage[] {
  return pending?.asks === 'commit' ? pending.messages : [];
}

/** A commit that was asked for and not answered is there as a whole or not at all. */
function pendingFaults(found: SpoolFound, { pending }: SpoolHistory): string[] {
  if (pending?.asks !== 'commit') return [];
  return new Set(partsOf(found, pending)).size > 1 ? ['half: a commit is there in part'] : [];
}

function isPendingStored(found: SpoolFound, { pending }: SpoolHistory): boolean {
  if (pending?.asks === 'commit') return partsOf(found, pending).every(Boolean);
  return pending?.asks === 'advance' && found.cursor(pending.sink) === pending.position;
}

/** Devices send again what was not answered; what the window knows is answered and not stored again. */
async function resendFaults(store: SpoolStore, before: SpoolFound, history: SpoolHistory): Promise<string[]> {
  const sent = [...history.messages.values(), ...pendingMessages(history)];
  const again = sent.filter((message) => !before.window.has(nameOf(message)));
  const outcome = await store.commit(again.map(asAdmitted), []);
  if (!outcome.ok) return [`lost: nothing can be stored: ${outcome.failure.message}`];
  const after = lookAt(store);
  const faults: string[] = [];
  if (after.byName.size < after.rows.length) faults.push('doubled: a message that was sent again');
  if (after.rows.length !== before.rows.length + again.length)
    faults.push('lost: a message that was sent again');
  for (const message of sent) {
    if (!after.window.has(nameOf(message))) faults.push(`lost: ${nameOf(message)}, sent again`);
  }
  return faults;
}

function asAdmitted({ tenant, device, boot, seq, records }: ToldMessage): AdmittedMessage {
  const time = { originMs: 0, quality: 0, boundMs: null, method: 'receive' } as const;
  const head = { tenant, device, boot, seq, kind: 1, receivedAtMs: 1, time, modelHash: '' };
  return { ...head, seal: 0, recordCount: records, gapCount: 0, payload: Uint8Array.of(1) };
}
