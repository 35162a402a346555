import { compileModel, type DataAccepted, type DataChecker } from '@usewire/protocol/check';
import {
  codeName,
  consumesSeq,
  type DataMessage,
  decodeMessage,
  Kind,
  type Message,
  toHex,
} from '@usewire/protocol/wire';
import { admit } from './accept-data.ts';
import { acceptContent, type Content } from './accept-report.ts';
import { noConsent, standing } from './consent/consent-state.ts';
import type { Delivery, Taken } from './delivery.ts';
import { bootName, deviceEntry } from './device-entry.ts';
import type { IntakeContext } from './intake-context.ts';
import type { KnownModel } from './models.ts';
import type { QuarantineEntry } from './ports.ts';
import { levelFailure } from './seal-needs.ts';

/** What a replay would make of one entry. */
export type Fate =
  /** Right now: `take` puts it into the commit; valid until the next entry is examined. */
  | { fate: 'stored'; key: string; records: number; take(delivery: Delivery): Taken }
  /** Stored already: it can leave. */
  | { fate: 'duplicate' }
  /** Nobody has agreed to it: `take` lets it leave, and keeps nothing. */
  | { fate: 'discarded'; take(delivery: Delivery): Taken }
  | { fate: 'refused'; reason: string };

const refused = (reason: string): Fate => ({ fate: 'refused', reason });

/** Judges entries with the model they say they were made with, or with `corrected` in its place. Changes nothing. */
export function examiner(context: IntakeContext, corrected?: KnownModel): (entry: QuarantineEntry) => Fate {
  const inPlaceOf = new Map<string, DataChecker>();

  /** The corrected model, for messages that name the one it corrects. */
  function stand(model: KnownModel, named: Uint8Array): DataChecker {
    const key = toHex(named);
    const checker = inPlaceOf.get(key) ?? compileModel({ ...model.table, hash: named });
    // A filter may meet any number of models.
    if (inPlaceOf.size >= 64) inPlaceOf.clear();
    inPlaceOf.set(key, checker);
    return checker;
  }

  function checkData(entry: QuarantineEntry, message: DataMessage): Fate {
    const named = toHex(message.modelHash);
    const model = corrected ?? context.models.find(entry.tenant, named);
    if (model === undefined) return refused('unknownModel');
    const low = tooLow(context, entry, model.hash.slice(0, 8), message.kind);
    if (low !== null) return low;
    const checked = stand(model, message.modelHash).check(entry.payload);
    if (!checked.ok) return refused(codeName(checked.code));
    const take = (delivery: Delivery) =>
      admit(context, delivery, checked as DataAccepted, model.hash.slice(0, 8));
    const fate = once(context, entry, message, { records: checked.recordCount, take });
    return fate.fate === 'stored' ? agreed(context, entry, checked, fate) : fate;
  }

  return function examine(entry) {
    // It is stored, and the other sinks have it: storing it once more would bring it to them twice.
    if (entry.reason === 'sinkRejected') return refused('sinkRejected');
    if (entry.topic === 'st') return refused('wrongTopic');
    const decoded = decodeMessage(entry.payload);
    if (!decoded.ok) return refused(codeName(decoded.error.code));
    const message = decoded.value;
    if (message.kind === Kind.data) return checkData(entry, message);
    if (!isContent(message)) return refused('notReplayable');
    const low = tooLow(context, entry, '', message.kind);
    if (low !== null) return low;
    return once(context, entry, message, {
      records: 0,
      take: (delivery) => acceptContent(context, delivery, message),
    });
  };
}

/** Its person may have withdrawn while it waited. Whether one agreed under an epoch that no choice has told of, a choice may yet say. */
function agreed(
  context: IntakeContext,
  entry: QuarantineEntry,
  data: DataAccepted,
  fate: Extract<Fate, { fate: 'stored' }>,
): Fate {
  if (data.consentPurposes === 0) return fate;
  const consent = context.devices.find(entry)?.consent ?? noConsent();
  const stands = standing(consent, data, context.clock.nowMs());
  if (stands === 'stale') return refused('consentStale');
  return stands === 'covered' ? fate : { fate: 'discarded', take: fate.take };
}

/** It came under a seal that is too low for what it holds. */
function tooLow(
  context: IntakeContext,
  entry: QuarantineEntry,
  modelHash: string,
  kind: number,
): Fate | null {
  const device = context.devices.find(entry) ?? deviceEntry(entry, entry.receivedAtMs);
  const failure = levelFailure(context, { device, seal: entry.seal }, modelHash, kind);
  return failure === null ? null : refused(codeName(failure.code));
}

/** What a device says of itself holds for the moment when it said it. */
function isContent(message: Message): message is Content {
  return consumesSeq(message.kind) && message.kind !== Kind.data;
}

function once(
  context: IntakeContext,
  entry: QuarantineEntry,
  { boot, seq }: DataMessage | Content,
  stored: { records: number; take(delivery: Delivery): Taken },
): Fate {
  const name = bootName(boot);
  const known = context.devices.find(entry)?.boots.get(name);
  if (known?.taken.has(seq)) return { fate: 'duplicate' };
  return { fate: 'stored', key: `${entry.tenant}.${entry.device}.${name}.${seq}`, ...stored };
}
