import { cut } from './cut.ts';
import { delay } from './delay.ts';
import { halfOpen } from './half-open.ts';
import { lostAck } from './lost-ack.ts';
import { midPacket } from './mid-packet.ts';
import type { NetworkFault } from './network-fault.ts';
import { resend } from './resend.ts';
import { reset } from './reset.ts';
import { storm } from './storm.ts';
import { twin } from './twin.ts';

export { type FaultyNetwork, type FaultyNetworkOptions, startFaultyNetwork } from './faulty-network.ts';
export type { NetworkFault, NetworkStrike } from './network-fault.ts';

/** Everything that can go wrong between devices and their gateway: one line a fault. */
export const networkFaults = [
  halfOpen,
  reset,
  midPacket,
  delay,
  lostAck,
  cut,
  storm,
  twin,
  resend,
] as const satisfies readonly NetworkFault[];
