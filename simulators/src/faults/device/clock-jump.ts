import { DAY, HOUR, MINUTE } from '../../people/calendar.ts';
import { deviceFault } from './device-fault.ts';

/** Somebody sets it by hand, and back: meanwhile it knows that it is not synced. */
export const clockJump = deviceFault({
  kind: 'clockJump',
  about: 'the clock jumps a day on or back, and is set right after 1 min to 6 h',
  draw: (random) => ({ byMs: random.pick([-1, 1]) * DAY, forMs: random.int(MINUTE, 6 * HOUR) }),
  strike(device, { byMs, forMs }) {
    device.clock.shift(byMs);
    device.later(forMs, () => device.clock.shift(-byMs));
  },
});
