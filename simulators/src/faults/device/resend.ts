import { deviceFault } from './device-fault.ts';

export const resend = deviceFault({
  kind: 'resend',
  about: 'the last messages are sent once more, out of order',
  draw: (random) => ({ salt: random.int(0, 2 ** 31 - 1) }),
  strike: ({ link }, { salt }) => link.resend(salt),
});
