import { DAY } from '../../people/calendar.ts';
import { deviceFault } from './device-fault.ts';

const YEAR = 365 * DAY;

export const clockOff = deviceFault({
  kind: 'clockOff',
  about: 'the clock runs free and is 1 to 12 years off',
  rate: 'share of devices',
  draw: (random) => ({ byMs: random.pick([-1, 1]) * random.int(YEAR, 12 * YEAR) }),
  strike: ({ clock }, { byMs }) => clock.setWrong(byMs),
});
