import { drip } from './drip.ts';
import { drop } from './drop.ts';
import { halfOpen } from './half-open.ts';
import { http429 } from './http-429.ts';
import { http500 } from './http-500.ts';
import { lostAnswer } from './lost-answer.ts';
import { rejectPart } from './reject-part.ts';
import type { SinkFault } from './sink-fault.ts';
import { timeout } from './timeout.ts';

export {
  type FaultyReceiver,
  type FaultyReceiverOptions,
  startFaultyReceiver,
} from './faulty-receiver.ts';
export type { SinkFault } from './sink-fault.ts';
export type { TakenBatch } from './taken-batches.ts';

/** Everything that a receiver of the HTTP sink can do wrong: one line a fault. */
export const sinkFaults = [
  http429,
  http500,
  timeout,
  halfOpen,
  drop,
  lostAnswer,
  drip,
  rejectPart,
] as const satisfies readonly SinkFault[];
