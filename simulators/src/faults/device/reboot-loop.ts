import { SECOND } from '../../people/calendar.ts';
import { deviceFault } from './device-fault.ts';

/** A battery that holds until the radio starts: some lives end before their hello is out. */
export const rebootLoop = deviceFault({
  kind: 'rebootLoop',
  about: 'the power is cut 3 to 8 times, each time after 0.1 to 20 s. Storage in memory only',
  cutsPower: true,
  draw: (random) => ({
    livesMs: Array.from({ length: random.int(3, 8) }, () => random.int(SECOND / 10, 20 * SECOND)),
  }),
  strike(device, { livesMs }) {
    let atMs = 0;
    for (const lifeMs of livesMs) {
      device.later(atMs, () => device.cutPower(SECOND / 10));
      atMs += lifeMs + SECOND / 10;
    }
  },
});
