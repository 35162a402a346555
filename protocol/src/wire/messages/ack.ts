import { arrayItem, type Boot, bootItem, type Range, rangeItem, u32Item } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { limits } from '../limits.ts';
import { defineMessage, type Envelope } from '../message-spec.ts';

/** Stored, so the device may forget. For links without an acknowledgement of their own. */
export interface AckMessage extends Envelope {
  kind: typeof Kind.ack;
  boot: Boot;
  /** Every message of this boot with a smaller seq is stored. */
  nextSeq: number;
  /** Stored beyond nextSeq: rising, apart from each other, first and last included. */
  ranges?: Range[];
}

function rangesApart(message: AckMessage): string {
  const ranges = message.ranges || [];
  let reach = message.nextSeq;
  for (let i = 0; i < ranges.length; i++) {
    // A range that touches what is before it would be a second way to say the same.
    if (ranges[i][0] <= reach) return 'ranges rise and stand apart, beyond nextSeq';
    reach = ranges[i][1] + 1;
  }
  return '';
}

export const ackSpec = defineMessage<AckMessage>(
  Kind.ack,
  [
    { label: Label.boot, name: 'boot', type: bootItem, optional: false },
    { label: Label.nextSeq, name: 'nextSeq', type: u32Item, optional: false },
    { label: Label.ranges, name: 'ranges', type: arrayItem(rangeItem(limits.maxU32), 1, 64), optional: true },
  ],
  rangesApart,
);
