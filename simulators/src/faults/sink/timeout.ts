import type { SinkFault } from './sink-fault.ts';

export const timeout: SinkFault = {
  name: 'timeout',
  about: 'no answer for longer than the sink waits; the batch is not taken',
  meet: (exchange) => exchange.keepSilent(),
};
