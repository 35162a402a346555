import { kidOf, SealLevel, seal } from '@usewire/protocol/seal';
import type { Devices } from './devices.ts';
import type { DeviceId, Downlink, Log } from './ports.ts';
import type { DeviceSeal, SealKeys } from './seal-state.ts';

export interface SealedDownlinkPorts {
  devices: Devices;
  keys: SealKeys;
  log: Log;
}

/** What goes down to a device that has keys is sealed: with the generation that it has proven on its connection, else the current one. */
export function sealedDownlink(inner: Downlink, { devices, keys, log }: SealedDownlinkPorts): Downlink {
  return {
    send(id, payload, options) {
      const state = devices.find(id)?.seal;
      const registered = state?.registered ?? keys.of(id);
      if (registered === 'unavailable') return;
      if (registered === null || options?.unsealed) {
        inner.send(id, payload);
        return;
      }
      const frame = frameOf(id, payload, { registered, proven: state?.proven ?? null, keys });
      if (frame === null) log.warn('seal.not-sent', { tenant: id.tenant, device: id.device });
      else inner.send(id, frame);
    },
  };
}

interface DownKeys {
  registered: DeviceSeal;
  proven: number | null;
  keys: SealKeys;
}

/** null when no nonce can be had: a number that might come again would give the key away (RFC 9053, 4.2.1). */
function frameOf(
  id: DeviceId,
  payload: Uint8Array,
  { registered, proven, keys }: DownKeys,
): Uint8Array | null {
  const { find, current } = registered.keys;
  const key = (proven === null ? null : find(kidOf(proven)).key) ?? current;
  const binding = { tenant: id.tenant, device: id.device, direction: 'dn' as const };
  const context = { ...binding, keys: { current: key, find } };
  if (registered.level !== SealLevel.encrypted) return seal(SealLevel.mac, payload, context);
  const counter = keys.nextCounter();
  return counter === null ? null : seal(SealLevel.encrypted, payload, { ...context, counter });
}
