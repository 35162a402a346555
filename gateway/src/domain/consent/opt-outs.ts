import type { Model } from '@usewire/protocol/model';
import { modelKey } from '../model-key.ts';
import type { DeviceId, SinkRecord } from '../ports.ts';
import type { Selection } from '../select-records.ts';
import type { DeviceConsent } from './consent-state.ts';

/** Whether a person, or everybody on the device, has sent a signal such as GPC: no sale, no sharing for advertising (CPRA 1798.135). */
export type OptOuts = (of: DeviceId, subject: number) => boolean;

/** Registry codes of what the signal is about: 7 and 9. Whatever basis a model gives them. */
const BARRED: readonly string[] = ['marketing', 'sale'];

export function liveOptOuts(devices: {
  find(id: DeviceId): { consent: DeviceConsent } | undefined;
}): OptOuts {
  return (of, subject) => {
    const subjects = devices.find(of)?.consent.subjects;
    // A signal without a subject came from the device or the household: it is for everybody on it.
    return subjects?.get(0)?.hasOptedOut === true || subjects?.get(subject)?.hasOptedOut === true;
  };
}

/** For a third party: what the sink's rules leave of the records that nobody has opted out of. Judged at every attempt. */
export function withoutOptedOut(select: Selection, hasOptedOut: OptOuts): Selection {
  return ({ records, models }) => {
    const isFree = (record: SinkRecord) => {
      const model = models.get(modelKey(record));
      return !isBarred(record, model) || !hasOptedOut(record, slotOf(record, model));
    };
    return select({ models, records: records.filter(isFree) });
  };
}

/** A record whose purpose cannot be told is taken for one of them; gap records have none. */
function isBarred({ point, kind }: SinkRecord, model: Model | undefined): boolean {
  if (kind === 'gap') return false;
  const purpose = model?.purposes[String(model.points[point]?.for)];
  return purpose === undefined || BARRED.includes(purpose.code);
}

function slotOf({ subject }: SinkRecord, model: Model | undefined): number {
  return subject === null ? 0 : (model?.subjects.indexOf(subject) ?? -1) + 1;
}
