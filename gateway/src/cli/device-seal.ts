import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DeviceId } from '../domain/ports.ts';
import type { Issued } from '../registry/answers.ts';
import type { DeviceRegistry } from '../registry/device-registry.ts';
import type { SealLevelNumber } from '../registry/seal-desk.ts';
import { type DeviceFlags, deviceId, tell, withRegistry } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readSpan } from './span.ts';

interface SealFlags extends DeviceFlags {
  level?: string;
  publicKey?: string;
}

export function deviceSeal(tenant: string, device: string, flags: SealFlags): void {
  const { id, level, publicKey } = asked(tenant, device, flags);
  if (level === undefined)
    throw new CommandEnd(Exit.usage, 'Say how the device seals: --level s1, s2 or s3.');
  issue(id, flags, (registry) => registry.seals.give(id, level, publicKey));
}

export function deviceRotateSealKey(
  tenant: string,
  device: string,
  flags: SealFlags & { grace: string },
): void {
  const { id, level, publicKey } = asked(tenant, device, flags);
  const graceMs = readSpan(flags.grace, '--grace');
  issue(id, flags, (registry) => registry.seals.rotate(id, graceMs, { level, publicKey }));
}

export function deviceUnseal(tenant: string, device: string, flags: DeviceFlags): void {
  const id = deviceId(tenant, device);
  withRegistry(flags, (registry) => {
    const done = registry.seals.remove(id);
    if (!done.ok) throw new CommandEnd(Exit.refused, done.problem);
    tell(flags, { ...id, sealed: false }, `${tenant}.${device} has no seal keys any more.\n`);
  });
}

function asked(tenant: string, device: string, { level, publicKey }: SealFlags) {
  const found = level === undefined ? undefined : /^s([123])$/.exec(level)?.[1];
  if (level !== undefined && found === undefined) {
    throw new CommandEnd(Exit.usage, `--level is "${level}"; expected s1, s2 or s3.`);
  }
  const key = publicKey === undefined ? undefined : readPublicKey(publicKey);
  return {
    id: deviceId(tenant, device),
    level: found && (Number(found) as SealLevelNumber),
    publicKey: key,
  } as {
    id: DeviceId;
    level: SealLevelNumber | undefined;
    publicKey: KeyObject | undefined;
  };
}

function readPublicKey(file: string): KeyObject {
  try {
    const key = createPublicKey(readFileSync(file));
    const isP256 = key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    if (key.asymmetricKeyType === 'ed25519' || isP256) return key;
  } catch {
    // What OpenSSL says names its own functions, and helps nobody.
  }
  throw new CommandEnd(Exit.usage, `--public-key ${file} holds no public key in PEM of Ed25519 or P-256.`);
}

/** The key alone on stdout, so that a script can take it; what a person should know on stderr. */
function issue(id: DeviceId, flags: DeviceFlags, act: (registry: DeviceRegistry) => Issued): void {
  withRegistry(flags, (registry) => {
    const issued = act(registry);
    if (!issued.ok) throw new CommandEnd(Exit.refused, issued.problem);
    const [newest] = registry.seals.list(id);
    const { level = 0, generation = 0 } = newest ?? {};
    const name = `${id.tenant}.${id.device}`;
    const note = `Seal key of ${name}: S${level}, generation ${generation}; it is shown only now. Frames of the device below S${level} are refused from now on.\n`;
    tell(flags, { ...id, level: `s${level}`, generation, sealKey: issued.token }, `${issued.token}\n`, note);
  });
}
