import type { SinkFault } from './sink-fault.ts';

export const drip: SinkFault = {
  name: 'drip',
  about: 'the batch is taken; the answer comes a byte now and then, for longer than the sink waits',
  meet(exchange) {
    exchange.take();
    exchange.drip();
  },
};
