import type { Devices } from '../domain/devices.ts';
import type { Downlink } from '../domain/ports.ts';
import type { SharedState } from '../domain/shared-state.ts';

/**
 * Messages reach a device wherever it is connected. They travel between gateways without a seal, over the engine that holds the devices'
 * credentials as well: the gateway that has the device knows by its connection which key it has proven.
 */
export function farDownlink(here: Downlink, shared: SharedState, devices: Devices): Downlink {
  const isHere = (id: { tenant: string; device: string }) => (devices.find(id)?.links ?? 0) > 0;
  shared.onDown((id, payload) => {
    if (isHere(id)) here.send(id, payload);
  });
  return {
    send(id, payload, options) {
      if (isHere(id) || options?.unsealed) here.send(id, payload, options);
      else shared.sendDown(id, payload);
    },
  };
}
