import type { SinkFault } from './sink-fault.ts';

/** One bad record must not take its batch along, nor stop what comes behind it. */
export const rejectPart: SinkFault = {
  name: 'rejectPart',
  about: 'a batch is refused with 422 when it holds a record that this receiver will never take',
  meet(exchange) {
    // What it has it has: a receiver with a memory of keys says so, whatever it thinks of the batch now.
    if (exchange.isIndigestible && !exchange.isKnown) {
      exchange.answer(422);
      return;
    }
    exchange.take();
    exchange.answer(200);
  },
};
