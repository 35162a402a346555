import { deviceFault } from './device-fault.ts';

export const noClock = deviceFault({
  kind: 'noClock',
  about: 'there is no clock',
  rate: 'share of devices',
  draw: () => ({}),
  strike: ({ clock }) => clock.remove(),
});
