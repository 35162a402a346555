import { SECOND } from '../../people/calendar.ts';
import { deviceFault } from './device-fault.ts';

/** The device has to find out by itself: nobody tells it that its link is dead. */
export const halfOpen = deviceFault({
  kind: 'halfOpen',
  about: 'for 10 s to 10 min nothing gets through in either direction, and the device is not told',
  draw: (random) => ({ forMs: random.int(10 * SECOND, 600 * SECOND) }),
  strike(device, { forMs }) {
    device.link.deafen();
    device.later(forMs, () => device.link.hear());
  },
});
