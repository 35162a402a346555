import type { DeviceSecrets } from './registry-rows.ts';
import type { KeptSecret } from './secrets.ts';

type Secret = [salt: string, hash: string] | null;
type Text = Omit<DeviceSecrets, 'current' | 'old'> & { current: Secret; old: Secret };

/** A row of the registry as other gateways get it: hashes of tokens with their salts, no token. */
export function rowText({ current, old, ...row }: DeviceSecrets): string {
  const kept = (secret: KeptSecret | null): Secret =>
    secret && [Buffer.from(secret.salt).toString('base64'), Buffer.from(secret.hash).toString('base64')];
  const { tenant, device, status, createdMs, rotatedMs, revokedMs, oldTokenUntilMs } = row;
  const times = { createdMs, rotatedMs, revokedMs, oldTokenUntilMs };
  return JSON.stringify({
    tenant,
    device,
    status,
    ...times,
    current: kept(current),
    old: kept(old),
  } satisfies Text);
}

export function readRowText(text: string): DeviceSecrets {
  const { current, old, ...row } = JSON.parse(text) as Text;
  const kept = (secret: Secret): KeptSecret | null =>
    secret && { salt: Buffer.from(secret[0], 'base64'), hash: Buffer.from(secret[1], 'base64') };
  return { ...row, current: kept(current), old: kept(old) };
}

/**
 * Two gateways' operators changed a device at the same time. Who was revoked stays out, unless it was let in again after that; else the
 * later change holds.
 */
export function laterRow(one: DeviceSecrets, other: DeviceSecrets): DeviceSecrets {
  const changedMs = ({ createdMs, rotatedMs, revokedMs }: DeviceSecrets) =>
    Math.max(createdMs, rotatedMs ?? 0, revokedMs ?? 0);
  const [earlier, later] = changedMs(one) <= changedMs(other) ? [one, other] : [other, one];
  if (earlier.status !== 'revoked' || later.status === 'revoked') return later;
  // A rotation does not let anybody in again: a device that is added again is made anew.
  return later.createdMs >= (earlier.revokedMs ?? 0) ? later : earlier;
}
