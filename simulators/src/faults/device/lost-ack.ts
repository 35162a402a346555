import { deviceFault } from './device-fault.ts';

export const lostAck = deviceFault({
  kind: 'lostAck',
  about: 'a message arrives, its acknowledgement does not, the connection breaks',
  draw: () => ({}),
  strike: ({ link }) => link.strike('lostAck'),
});
