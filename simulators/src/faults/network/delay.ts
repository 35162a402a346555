import { type NetworkFault, struckShare } from './network-fault.ts';

export const delay: NetworkFault = {
  name: 'delay',
  about: 'everything comes late, in order',
  draw: (random) => ({
    ...struckShare(random),
    forMs: random.int(1_000, 6_000),
    byMs: random.int(20, 1_500),
  }),
  pass: (_packet, { byMs = 0 }) => ({ lateMs: byMs }),
};
