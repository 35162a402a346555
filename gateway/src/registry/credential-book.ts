import type { CredentialBook, LoginAnswer, RefusedLogin } from '../domain/credentials.ts';
import type { DeviceId, Log } from '../domain/ports.ts';
import type { SqlDatabase } from '../spool/sqlite.ts';
import { newDevice } from './device-registry.ts';
import { type DeviceSecrets, type RegistryRows, registryRows } from './registry-rows.ts';
import { inTransaction } from './schema.ts';
import { claimKey, isStrongSecret, keep, matches, type Password, readPassword } from './secrets.ts';

export interface BookPorts {
  nowMs(): number;
  log: Log;
}

/** How a connection came in that was identified by its certificate. */
const CERTIFICATE = 'certificate';
/** How a device came in whose serial port the configuration names. */
const PORT = 'port';
const BY = 'gateway';

/** The registry as the gateway asks it. It reads the file at each login: what an operator has changed holds from that commit on. */
export function credentialBook(db: SqlDatabase, ports: BookPorts): CredentialBook {
  const rows = registryRows(db);
  const context = { db, rows, ports };
  return {
    check: (id, password) => orUnavailable(ports, () => checkPassword(context, id, readPassword(password))),
    checkCertified: (id) =>
      orUnavailable(ports, () =>
        rows.find(id)?.status === 'revoked' ? refuse('revoked') : enter(CERTIFICATE),
      ),
    checkPort: (id) =>
      orUnavailable(ports, () => {
        const row = rows.find(id);
        if (row === null) return refuse('port-device');
        return row.status === 'revoked' ? refuse('revoked') : enter(PORT);
      }),
    stillHolds: (id, credential) => holds(rows.find(id), credential, ports.nowMs()),
  };
}

interface Context {
  db: SqlDatabase;
  rows: RegistryRows;
  ports: BookPorts;
}

function checkPassword(context: Context, id: DeviceId, password: Password): LoginAnswer {
  const row = context.rows.find(id);
  const isCurrent = matches(password.secret, row?.current ?? null);
  const isOld = matches(password.secret, oldOf(row, context.ports.nowMs()));
  if (row === null || !(isCurrent || isOld)) {
    return password.claim === null
      ? refuse('token')
      : redeem(context, id, { ...password, claim: password.claim });
  }
  if (row.status === 'revoked') return refuse('revoked');
  if (isCurrent && row.old !== null) endRotation(context, id);
  return enter(nameOf(isCurrent ? row.current : row.old));
}

function oldOf(row: DeviceSecrets | null, nowMs: number) {
  return row !== null && (row.oldTokenUntilMs ?? 0) > nowMs ? row.old : null;
}

/** The new token is in use: the one before is over. A disk that is full must not keep the device out, so this may fail. */
function endRotation({ db, rows, ports }: Context, id: DeviceId): void {
  try {
    inTransaction(db, () => {
      const row = rows.find(id);
      if (row === null) return;
      rows.put({ ...row, old: null, oldTokenUntilMs: null });
      rows.tell({ ...id, atMs: ports.nowMs(), what: 'new token first used', by: BY });
    });
  } catch (error) {
    ports.log.warn('registry.not-written', { ...id, problem: String(error) });
  }
}

/** The claim pays for one device; its secret is of its own making, so nothing has to be sent back that could be lost on the way. */
function redeem(context: Context, id: DeviceId, password: Password & { claim: string }): LoginAnswer {
  const { db, rows, ports } = context;
  const key = claimKey(password.claim);
  // Strangers cost a read, never a write.
  if (rows.claim(key) === undefined) return refuse('claim');
  return inTransaction(db, () => {
    const problem = claimProblem(context, id, key);
    if (problem !== null) return refuse(problem);
    if (!isStrongSecret(password.secret)) return refuse('claim-secret');
    const atMs = ports.nowMs();
    const current = keep(password.secret);
    rows.useClaim(key, atMs, `${id.tenant}.${id.device}`);
    rows.put(newDevice(id, atMs, current));
    rows.tell({ ...id, atMs, what: 'claimed', by: BY });
    ports.log.info('registry.claimed', { ...id });
    return enter(nameOf(current));
  });
}

function claimProblem({ rows, ports }: Context, id: DeviceId, key: Uint8Array): RefusedLogin | null {
  const claim = rows.claim(key);
  if (claim === undefined || claim.tenant !== id.tenant) return 'claim';
  if (claim.device !== null && claim.device !== id.device) return 'claim';
  if (claim.usedMs !== null) return 'claim-used';
  if (claim.expiresMs <= ports.nowMs()) return 'claim-expired';
  const known = rows.find(id);
  if (known === null) return null;
  return known.status === 'revoked' ? 'revoked' : 'claim-known-device';
}

function holds(row: DeviceSecrets | null, credential: string, nowMs: number): boolean {
  if (row === null) return credential === CERTIFICATE;
  if (row.status === 'revoked') return false;
  if (credential === CERTIFICATE || credential === PORT) return true;
  return credential === nameOf(row.current) || credential === nameOf(oldOf(row, nowMs));
}

function nameOf(kept: { hash: Uint8Array } | null): string {
  return kept === null ? 'none' : Buffer.from(kept.hash).toString('hex');
}

function orUnavailable({ log }: BookPorts, ask: () => LoginAnswer): LoginAnswer {
  try {
    return ask();
  } catch (error) {
    log.error('registry.unavailable', { problem: String(error) });
    return refuse('registry');
  }
}

function enter(credential: string): LoginAnswer {
  return { ok: true, credential };
}

function refuse(reason: RefusedLogin): LoginAnswer {
  return { ok: false, reason };
}
