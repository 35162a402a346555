import type { SinkFault } from './sink-fault.ts';

/** The gateway cannot know; its key and the records' identities make the next attempt harmless. */
export const lostAnswer: SinkFault = {
  name: 'lostAnswer',
  about: 'the batch is taken and the connection closed: the gateway cannot know',
  meet(exchange) {
    exchange.take();
    exchange.hangUp();
  },
};
