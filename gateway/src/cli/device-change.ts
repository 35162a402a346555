import type { DeviceId } from '../domain/ports.ts';
import type { Issued } from '../registry/answers.ts';
import type { DeviceRegistry } from '../registry/device-registry.ts';
import { type DeviceFlags, deviceId, tell, withRegistry } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readSpan } from './span.ts';

export function deviceAdd(tenant: string, device: string, flags: DeviceFlags & { again?: boolean }): void {
  const id = deviceId(tenant, device);
  issue(id, flags, (registry) => registry.add(id, { again: flags.again ?? false }));
}

export function deviceRotate(tenant: string, device: string, flags: DeviceFlags & { grace: string }): void {
  const id = deviceId(tenant, device);
  const graceMs = readSpan(flags.grace, '--grace');
  issue(id, flags, (registry) => registry.rotate(id, graceMs));
}

export function deviceRevoke(tenant: string, device: string, flags: DeviceFlags): void {
  const id = deviceId(tenant, device);
  withRegistry(flags, (registry) => {
    const done = registry.revoke(id);
    if (!done.ok) throw refused(done.problem);
    tell(flags, { tenant, device, status: 'revoked' }, `${tenant}.${device} is revoked.\n`);
  });
}

export function deviceClaimToken(
  tenant: string,
  flags: DeviceFlags & { ttl: string; device?: string },
): void {
  const id = deviceId(tenant, flags.device ?? 'any');
  const ttlMs = readSpan(flags.ttl, '--ttl');
  if (ttlMs === 0)
    throw new CommandEnd(Exit.usage, '--ttl is 0; a claim token has to live for a while, as 1h.');
  withRegistry(flags, (registry) => {
    const claimToken = registry.claimToken(id.tenant, flags.device ?? null, ttlMs);
    const expires = new Date(Date.now() + ttlMs).toISOString();
    const note = `One device of ${tenant} may use it once, until ${expires}; it is shown only now.\n`;
    tell(flags, { tenant, device: flags.device, claimToken, expires }, `${claimToken}\n`, note);
  });
}

/** The token alone on stdout, so that a script can take it; what a person should know on stderr. */
function issue(id: DeviceId, flags: DeviceFlags, act: (registry: DeviceRegistry) => Issued): void {
  withRegistry(flags, (registry) => {
    const issued = act(registry);
    if (!issued.ok) throw refused(issued.problem);
    const name = `${id.tenant}.${id.device}`;
    const note = `Client id and user name ${name}, password as above; it is shown only now.\n`;
    tell(flags, { ...id, clientId: name, token: issued.token }, `${issued.token}\n`, note);
  });
}

function refused(problem: string): CommandEnd {
  return new CommandEnd(Exit.refused, problem);
}
