import { DAY, HOUR } from '../../people/calendar.ts';
import { deviceFault, type StruckDevice } from './device-fault.ts';

export const offline = deviceFault({
  kind: 'offline',
  about: 'no link for 1 h to 3 days',
  draw: (random) => ({ forMs: random.int(HOUR, 3 * DAY) }),
  strike: (device, { forMs }) => goOffline(device, forMs),
});

/** Outages that overlap end with the last of them. */
export function goOffline(device: StruckDevice, forMs: number): void {
  device.link.cut();
  device.later(forMs, () => device.link.restore());
}
