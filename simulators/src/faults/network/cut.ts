import { everybody, type NetworkFault } from './network-fault.ts';

export const cut: NetworkFault = {
  name: 'cut',
  about: 'no device gets through',
  draw: (random) => ({ ...everybody(random), forMs: random.int(500, 6_000) }),
  begin: (link) => link.reset(),
  newcomers: 'refuse',
};
