import type { SinkFault } from './sink-fault.ts';

export const drop: SinkFault = {
  name: 'drop',
  about: 'the connection is closed without taking the batch',
  meet: (exchange) => exchange.hangUp(),
};
