import { Code } from '@usewire/protocol/wire';
import { everything } from '../consent/coverage.ts';
import type { Discarding } from '../consent/discard.ts';
import type { Delivery } from '../delivery.ts';
import { createRecordDecoder } from '../forward-records.ts';
import type { IntakeContext } from '../intake-context.ts';
import type { AdmittedMessage } from '../ports.ts';
import { isInRange, isOfSubject } from './erasure.ts';
import { ERASED_KIND, encodeRemains, remainsOf } from './remains.ts';

export const ERASED: Discarding = {
  reason: 'subjectErased',
  code: Code.subjectErased,
  detail: 'what it holds was erased on request',
};

/** What a message of a device says of itself, beside its records. */
export interface LateData {
  subject: number;
  /** Of its base: no record is older. */
  uptimeMs: number;
}

/**
 * A new message of a device of which something was erased: as it is, without what was erased, or null when nothing is left. Devices that
 * were away bring data of then.
 */
export function withoutErased(
  context: IntakeContext,
  { device }: Delivery,
  message: AdmittedMessage,
  { subject, uptimeMs }: LateData,
): AdmittedMessage | null {
  const baseMs = message.time.originMs + uptimeMs;
  const tombstones = device.erasures.filter((one) => isOfSubject(one, subject) && baseMs <= one.toMs);
  if (tombstones.length === 0) return message;
  const decoded = createRecordDecoder(context.models.find, everything)([{ ...message, position: 0 }]);
  if (!decoded.ok) return message;
  const left = decoded.records.filter(({ atMs }) => !tombstones.some((one) => isInRange(one, atMs)));
  if (left.length === decoded.records.length) return message;
  if (left.length === 0) return null;
  const recordCount = left.filter(({ pointId }) => pointId !== 0).length;
  const payload = encodeRemains(remainsOf({ ...message, position: 0 }, subject, left));
  return { ...message, kind: ERASED_KIND, recordCount, gapCount: 0, payload };
}
