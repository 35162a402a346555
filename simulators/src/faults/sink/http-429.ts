import type { SinkFault } from './sink-fault.ts';

export const http429: SinkFault = {
  name: 'http429',
  about: 'the receiver answers 429 with Retry-After: 0',
  meet: (exchange) => exchange.answer(429, { 'retry-after': '0' }),
};
