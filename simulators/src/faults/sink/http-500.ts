import type { SinkFault } from './sink-fault.ts';

export const http500: SinkFault = {
  name: 'http500',
  about: 'the receiver answers 500',
  meet: (exchange) => exchange.answer(500),
};
