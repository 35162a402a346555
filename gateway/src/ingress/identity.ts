import { createHash, timingSafeEqual } from 'node:crypto';
import { parseClientId } from '@usewire/protocol/wire';
import type { DeviceId } from '../domain/ports.ts';
import type { IdentityOptions } from '../gateway-types.ts';

type IdentityAnswer = { ok: true; id: DeviceId } | { ok: false; reason: 'client-id' | 'user-name' | 'token' };

/** Who a connection is, from what its CONNECT says. */
export type Identify = (
  clientId: string,
  userName: string | undefined,
  password: Buffer | undefined,
) => IdentityAnswer;

/** Unknown devices are compared with this, so that an answer takes as long as for known ones. */
const NOBODY = Buffer.alloc(32);

export function identifier(options: IdentityOptions): Identify {
  const hashes = options.mode === 'tokens' ? tokenHashes(options.devices) : null;
  return function identify(clientId, userName, password) {
    const id = parseClientId(clientId);
    if (id === null) return { ok: false, reason: 'client-id' };
    if (hashes === null) {
      // Development: a user name may be left out, a different one is a mistake worth hearing of.
      const right = userName === undefined || userName === '' || userName === clientId;
      return right ? { ok: true, id } : { ok: false, reason: 'user-name' };
    }
    if (userName !== clientId) return { ok: false, reason: 'user-name' };
    const given = createHash('sha256')
      .update(password ?? '')
      .digest();
    const right = timingSafeEqual(given, hashes.get(clientId) ?? NOBODY);
    return right && hashes.has(clientId) ? { ok: true, id } : { ok: false, reason: 'token' };
  };
}

function tokenHashes(devices: readonly { tenant: string; device: string; tokenSha256: string }[]) {
  return new Map(devices.map((d) => [`${d.tenant}.${d.device}`, Buffer.from(d.tokenSha256, 'hex')]));
}

/** Development mode trusts every client: it must not be reachable from outside. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
