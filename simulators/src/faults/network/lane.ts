import type { Socket } from 'node:net';
import type { NetworkCounts, Passing } from './network-fault.ts';

export interface LanePorts {
  to: Socket;
  counts: NetworkCounts;
  /** What the faults of now do to a packet of this size. */
  fateOf(size: number): Passing;
  reset(): void;
}

/** One direction of a connection: packets leave it in order, when they leave it. */
export function createLane({ to, counts, fateOf, reset }: LanePorts): (bytes: Buffer) => void {
  let readyMs = 0;
  let isTorn = false;
  const late = (bytes: Buffer, lateMs: number): void => {
    counts.latePackets += 1;
    const now = performance.now();
    // Nothing overtakes what waits.
    readyMs = Math.max(readyMs, now + lateMs);
    setTimeout(() => to.write(bytes), readyMs - now);
  };
  const torn = (bytes: Buffer): void => {
    counts.tornPackets += 1;
    // What comes next must not complete it.
    isTorn = true;
    to.write(bytes, reset);
  };
  return (bytes) => {
    const fate = isTorn ? 'lost' : fateOf(bytes.length);
    if (fate === 'lost') counts.lostPackets += 1;
    else if (fate === 'through') {
      if (readyMs <= performance.now()) to.write(bytes);
      else late(bytes, 0);
    } else if ('torn' in fate) torn(bytes.subarray(0, fate.torn));
    else late(bytes, fate.lateMs);
  };
}
