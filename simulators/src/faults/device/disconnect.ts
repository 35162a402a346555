import { deviceFault } from './device-fault.ts';

export const disconnect = deviceFault({
  kind: 'disconnect',
  about: 'the connection breaks while a message is sent',
  draw: () => ({}),
  strike: ({ link }) => link.strike('disconnect'),
});
