import { type NetworkFault, struckShare } from './network-fault.ts';

/** A device that lost its notes of what was acknowledged, or a bridge that repeats. */
export const resend: NetworkFault = {
  name: 'resend',
  about: 'what was published last is published again, out of order, twice',
  draw: struckShare,
  begin(link, { salt }) {
    link.resend(salt);
    link.resend(salt + 1);
  },
};
