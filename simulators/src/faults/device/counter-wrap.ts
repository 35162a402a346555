import { storeBootCounter } from '@usewire/device-sdk/testing';
import { HOUR, SECOND } from '../../people/calendar.ts';
import { deviceFault } from './device-fault.ts';

const HIGHEST = 2 ** 32 - 1;

/** A boot that counts from 0 again would have the names of messages that the gateway has: they would be taken for copies. */
export const counterWrap = deviceFault({
  kind: 'counterWrap',
  about:
    'the boot counter is 1 to 3 boots below its end, and the device boots past it. Storage in memory only',
  rate: 'share of devices',
  cutsPower: true,
  draw: (random) => ({ left: random.int(1, 3), everyMs: random.int(HOUR / 4, HOUR) }),
  strike(device, { left, everyMs }) {
    storeBootCounter(device.storage, HIGHEST - left);
    for (let nth = 1; nth <= left + 2; nth++) device.later(nth * everyMs, () => device.cutPower(2 * SECOND));
  },
});
