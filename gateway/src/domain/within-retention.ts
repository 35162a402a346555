import type { Model } from '@usewire/protocol/model';
import { modelKey } from './model-key.ts';
import type { Clock, SinkRecord } from './ports.ts';
import { DAY_MS, type RetentionLimits, retentions } from './retention.ts';
import type { Selection } from './select-records.ts';

/** What a sink gets late, after an outage, is not what should be gone by then. */
export function withinRetention(
  select: Selection,
  limits: RetentionLimits,
  clock: Pick<Clock, 'nowMs'>,
): Selection {
  const days = new WeakMap<Model, Map<string, number>>();
  const daysOf = (model: Model): Map<string, number> => {
    const known = days.get(model) ?? new Map(retentions([model], limits).map((one) => [one.point, one.days]));
    days.set(model, known);
    return known;
  };
  return ({ records, models }) => {
    const nowMs = clock.nowMs();
    // Nearly always: nothing may be held for less than a day.
    if (records.every(({ receivedAtMs }) => nowMs - receivedAtMs < DAY_MS))
      return select({ records, models });
    const isHeld = (record: SinkRecord) => {
      const model = models.get(modelKey(record));
      const held = model && daysOf(model).get(record.point);
      // Gap records are of no purpose, and say nothing of people.
      return held === undefined || nowMs - record.receivedAtMs < held * DAY_MS;
    };
    return select({ models, records: records.filter(isHeld) });
  };
}
