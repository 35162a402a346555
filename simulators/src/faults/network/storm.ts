import { everybody, type NetworkFault } from './network-fault.ts';

/** What a power cut in a street or a restarted router does to a gateway. */
export const storm: NetworkFault = {
  name: 'storm',
  about: 'every connection is reset, and all devices come back in the same moment',
  draw: (random) => ({ ...everybody(random), forMs: random.int(500, 2_500) }),
  begin: (link) => link.reset(),
  newcomers: 'hold',
};
