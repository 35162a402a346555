import { type Choice, ChoiceCode } from '@usewire/protocol/wire';
import type { ConsentDraft, DeviceConsent, SubjectConsent } from './consent-state.ts';
import type { Choices, ConsentHow } from './ledger-entry.ts';

export interface DeviceChoice {
  subject: number;
  /** The epoch it was made on top of. */
  base: number;
  /** Of the subject; what is absent stays as it is. */
  choices: Choices;
  validUntilMs: number | null;
}

/**
 * What follows from a choice on the device (POU-CONSENT-3, -4). On top of the newest epoch it is one entry. On top of an older one, it and
 * what the service chose meanwhile are merged under an epoch above both, and the choices of others that the device passed over go out anew.
 */
export function onDeviceChoice(consent: DeviceConsent, choice: DeviceChoice): ConsentDraft[] {
  const { subject, base, validUntilMs } = choice;
  const made = base + 1;
  const known = consent.subjects.get(subject);
  // It was kept aside and comes late: the device has long been further.
  if (made <= consent.deviceEpoch) {
    const choices = merged({}, known?.choices ?? {}, choice.choices);
    const epoch = consent.epoch + 1;
    return [{ subject, epoch, base, how: 'merge', choices, validUntilMs: soonest(known, validUntilMs) }];
  }
  const before = setAt(known, Math.max(base, consent.deviceEpoch));
  const told = { ...before, ...choice.choices };
  const drafts: ConsentDraft[] = [
    { subject, epoch: made, base, how: 'device', choices: told, validUntilMs: soonest(known, validUntilMs) },
  ];
  let epoch = Math.max(consent.epoch, made);
  for (const [slot, other] of consent.subjects) {
    if (!isUnseen(consent, other, base)) continue;
    const choices = slot === subject ? merged(before, other.choices, told) : other.choices;
    epoch += 1;
    drafts.push({ subject: slot, epoch, base, how: 'merge', choices, validUntilMs: other.validUntilMs });
  }
  return drafts;
}

/** The service chose for a subject: one set, on top of everything that is known. */
export function onServiceChoice(
  consent: DeviceConsent,
  choice: { subject: number; choices: Choices; validUntilMs: number | null; how?: ConsentHow },
): ConsentDraft {
  const { subject, choices, validUntilMs, how = 'service' } = choice;
  const known = consent.subjects.get(subject)?.choices ?? {};
  return {
    subject,
    epoch: consent.epoch + 1,
    base: consent.epoch,
    how,
    choices: { ...known, ...choices },
    validUntilMs,
  };
}

/**
 * Sets that the device will never take, because it is at their epoch or above by another way: told again under a new one. `passed` = only of
 * what the device has passed.
 */
export function passedOver(consent: DeviceConsent): ConsentDraft[] {
  let epoch = consent.epoch;
  const drafts: ConsentDraft[] = [];
  for (const [subject, { owed, choices, validUntilMs }] of consent.subjects) {
    if (owed === null || owed > consent.deviceEpoch) continue;
    epoch += 1;
    drafts.push({ subject, epoch, base: consent.epoch, how: 'merge', choices, validUntilMs });
  }
  return drafts;
}

/** A signal against third parties, or its end: the choices stay as they are, and the device has nothing to do with it. */
export function onSignal(consent: DeviceConsent, subject: number, isOptOut: boolean): ConsentDraft {
  const { choices = {}, validUntilMs = null } = consent.subjects.get(subject) ?? {};
  const { epoch } = consent;
  return { subject, epoch, base: epoch, how: isOptOut ? 'opt-out' : 'opt-in', choices, validUntilMs };
}

/** Whatever was granted with an end that is over is undecided again; null = nothing is over. */
export function onExpiry(consent: DeviceConsent, slot: number, nowMs: number): ConsentDraft | null {
  const known = consent.subjects.get(slot);
  if (known === undefined || known.validUntilMs === null || nowMs < known.validUntilMs) return null;
  const left = Object.entries(known.choices).filter(([, choice]) => choice !== ChoiceCode.granted);
  const choices = Object.fromEntries(left) as Choices;
  const epoch = consent.epoch + 1;
  return { subject: slot, epoch, base: consent.epoch, how: 'expiry', choices, validUntilMs: null };
}

/** Its newest set was made above what the device knew. */
function isUnseen({ deviceEpoch }: DeviceConsent, { steps, owed }: SubjectConsent, base: number): boolean {
  const newest = steps.at(-1)?.epoch ?? 0;
  return owed !== null && newest > Math.max(base, deviceEpoch);
}

function setAt(subject: SubjectConsent | undefined, epoch: number): Choices {
  return subject?.steps.findLast((step) => step.epoch <= epoch)?.choices ?? {};
}

/** What both sides changed of `before` without knowing of each other: where one of them refuses, that holds. */
function merged(before: Choices, service: Choices, device: Choices): Choices {
  const made: Record<string, Choice> = {};
  for (const code of Object.keys({ ...before, ...service, ...device })) {
    const choice = mergedOne(before[code], service[code], device[code] ?? before[code]);
    if (choice !== undefined) made[code] = choice;
  }
  return made;
}

type Known = Choice | undefined;

function mergedOne(before: Known, service: Known, device: Known): Known {
  if (service === before) return device;
  if (device === before) return service;
  const isRefused = service !== undefined && service !== ChoiceCode.granted;
  return isRefused && device === ChoiceCode.granted ? service : device;
}

/** A grant that has an end keeps it: who answers another question has not said yes to more time. */
function soonest(known: SubjectConsent | undefined, validUntilMs: number | null): number | null {
  const before = known?.validUntilMs ?? null;
  if (before === null || validUntilMs === null) return before ?? validUntilMs;
  return Math.min(before, validUntilMs);
}
