import { MINUTE, SECOND } from '../../people/calendar.ts';
import { deviceFault } from './device-fault.ts';

export const reboot = deviceFault({
  kind: 'reboot',
  about:
    'the power is cut: what was not synced is torn anywhere; back after 2 s to 5 min. Storage in memory only',
  cutsPower: true,
  draw: (random) => ({ downMs: random.int(2 * SECOND, 5 * MINUTE) }),
  strike: (device, { downMs }) => device.cutPower(downMs),
});
