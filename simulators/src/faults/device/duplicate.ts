import { deviceFault } from './device-fault.ts';

export const duplicate = deviceFault({
  kind: 'duplicate',
  about: 'a message is sent twice',
  draw: () => ({}),
  strike: ({ link }) => link.strike('duplicate'),
});
