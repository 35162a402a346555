import { DAY } from '../../people/calendar.ts';
import { deviceFault } from './device-fault.ts';
import { goOffline } from './offline.ts';

export const daysOffline = deviceFault({
  kind: 'daysOffline',
  about: 'no link for 3 to 10 days, then everything at once',
  draw: (random) => ({ forMs: random.int(3 * DAY, 10 * DAY) }),
  strike: (device, { forMs }) => goOffline(device, forMs),
});
