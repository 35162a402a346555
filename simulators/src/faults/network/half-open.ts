import { type NetworkFault, struckShare } from './network-fault.ts';

/** A router that forgot the connection: mosquitto and kernels wait minutes before they notice. */
export const halfOpen: NetworkFault = {
  name: 'halfOpen',
  about: 'nothing gets through in either direction, and nobody is told',
  draw: (random) => ({ ...struckShare(random), forMs: random.int(500, 6_000) }),
  pass: () => 'lost',
  hidesEnds: true,
  endsInReset: true,
};
