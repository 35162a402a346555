import type { SinkFault } from './sink-fault.ts';

/** The far end is gone and its connection is not: what is written to it goes nowhere. */
export const halfOpen: SinkFault = {
  name: 'halfOpen',
  about: 'the connection stays open and nothing is read from it',
};
