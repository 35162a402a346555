import { type NetworkFault, struckShare } from './network-fault.ts';

export const reset: NetworkFault = {
  name: 'reset',
  about: 'connections are reset',
  draw: struckShare,
  begin: (link) => link.reset(),
};
