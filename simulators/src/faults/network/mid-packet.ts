import { type NetworkFault, struckShare } from './network-fault.ts';

/** The gateway must not act on the part that it has. */
export const midPacket: NetworkFault = {
  name: 'midPacket',
  about: 'a part of a packet arrives, then the connection is reset',
  draw: (random) => ({ ...struckShare(random), forMs: 2_000, atShare: random.next() }),
  pass({ from, size, nth }, { atShare = 0.5 }) {
    if (from === 'gateway' || nth > 0 || size < 2) return 'through';
    return { torn: Math.max(1, Math.min(size - 1, Math.floor(size * atShare))) };
  },
};
