import type { CredentialBook } from '../domain/credentials.ts';
import type { DeviceId, Log } from '../domain/ports.ts';
import { noSealKeys, type SealKeys } from '../domain/seal-state.ts';
import { credentialBook } from './credential-book.ts';
import { registryRows } from './registry-rows.ts';
import { openRegistryFile } from './schema.ts';
import { sealBook } from './seal-book.ts';
import { masterKeyPath, sealVault } from './seal-vault.ts';

export interface LiveRegistry extends CredentialBook {
  readonly seals: SealKeys;
  /** Tells of devices that someone else has changed since the last look; called within 250 ms of their commit. */
  watch(changed: (id: DeviceId) => void): void;
  close(): void;
}

const LOOK_EVERY_MS = 250;
/** The event loop stands still while a login waits for the command line's commit, which takes milliseconds. */
const GATEWAY_WAIT_MS = 100;

/** The registry of a running gateway. `directory` null = in memory. */
export function openLiveRegistry(
  directory: string | null,
  ports: { nowMs(): number; log: Log },
  masterKeyFile?: string,
): LiveRegistry {
  const db = openRegistryFile(directory, GATEWAY_WAIT_MS);
  const rows = registryRows(db);
  const version = db.prepare('PRAGMA data_version');
  let seenVersion = -1;
  let seenChange = rows.lastChange();
  let timer: NodeJS.Timeout | undefined;

  /** `data_version` moves with commits of others only, and costs no disk: looking often is cheap. */
  function look(changed: (id: DeviceId) => void): void {
    const { data_version: now } = version.get() as { data_version: number };
    if (now === seenVersion) return;
    const last = rows.lastChange();
    const ids = rows.changedSince(seenChange);
    for (const id of ids) changed(id);
    seenVersion = now;
    seenChange = last;
  }

  return {
    ...credentialBook(db, ports),
    seals:
      directory === null
        ? noSealKeys
        : sealBook(db, { devices: rows, vault: sealVault(masterKeyPath(directory, masterKeyFile)), ports }),
    watch(changed) {
      timer = setInterval(() => {
        try {
          look(changed);
        } catch (error) {
          ports.log.error('registry.unavailable', { problem: String(error) });
        }
      }, LOOK_EVERY_MS);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      db.close();
    },
  };
}
