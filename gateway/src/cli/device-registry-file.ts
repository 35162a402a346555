import { isId } from '@usewire/protocol/wire';
import type { GatewayConfig } from '../config/schema.ts';
import type { DeviceId } from '../domain/ports.ts';
import { makeDirectory } from '../make-directory.ts';
import { type DeviceRegistry, openDeviceRegistry } from '../registry/device-registry.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readSettings } from './settings.ts';
import { startFailure } from './start-failure.ts';

export interface DeviceFlags {
  config?: string;
  dataDir?: string;
  json?: boolean;
}

/** Opens the registry of the configured data folder, made when missing, for one piece of work. A running gateway sees the result. */
export function withRegistry<T>(
  flags: DeviceFlags,
  work: (registry: DeviceRegistry, config: GatewayConfig) => T,
): T {
  const config = readSettings(flags);
  try {
    makeDirectory(config.dataDirectory);
    const registry = openDeviceRegistry(config.dataDirectory, Date.now, {
      masterKeyFile: config.seals.masterKeyFile,
    });
    try {
      warnUnused(config);
      return work(registry, config);
    } finally {
      registry.close();
    }
  } catch (error) {
    throw error instanceof CommandEnd ? error : (startFailure(error) ?? error);
  }
}

/** A device that was added and is not let in, or was revoked and still is: the operator has to hear of it here. */
function warnUnused({ auth }: GatewayConfig): void {
  if (auth.mode === 'registry') return;
  process.stderr.write(
    `Note: auth.mode is "${auth.mode}", so a gateway with this configuration does not look at these devices; set auth.mode "registry".\n`,
  );
}

export function deviceId(tenant: string, device: string): DeviceId {
  for (const [what, name] of Object.entries({ tenant, device })) {
    if (!isId(name)) {
      throw new CommandEnd(
        Exit.usage,
        `The ${what} "${name}" is no name: 1 to 32 of the characters A-Z a-z 0-9 _ -.`,
      );
    }
  }
  return { tenant, device };
}

export function tell(flags: DeviceFlags, value: object, text: string, note = ''): void {
  process.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : text);
  if (!flags.json) process.stderr.write(note);
}
