import { type NetworkFault, struckShare } from './network-fault.ts';

/** The gateway has it and the device does not know: it sends it again, and it must not be stored twice. */
export const lostAck: NetworkFault = {
  name: 'lostAck',
  about: "the gateway's acknowledgements get lost, then the connection",
  draw: (random) => ({ ...struckShare(random), forMs: random.int(500, 6_000) }),
  pass: ({ from }) => (from === 'gateway' ? 'lost' : 'through'),
  endsInReset: true,
};
