import type { LedgerRow } from '../stored.ts';
import type { Choices, ConsentHow } from './ledger-entry.ts';
import { grantedBits } from './purpose-bits.ts';

/** A set of choices that was in force on the device from an epoch on. */
interface Step {
  epoch: number;
  choices: Choices;
  /** Purposes that it granted and that nothing has taken back since. */
  covered: number;
}

export interface SubjectConsent {
  salt: Uint8Array;
  /** Hash of the newest entry. */
  hash: Uint8Array;
  /** The set that holds. */
  choices: Choices;
  validUntilMs: number | null;
  /** By rising epoch. */
  steps: Step[];
  /** A signal such as GPC stands: third parties get nothing for marketing or sale. */
  hasOptedOut: boolean;
  /** Epoch of the set that the device has not said to act on; null = nothing is owed. */
  owed: number | null;
}

/** What the ledger says of one device, folded so that a message costs one look. */
export interface DeviceConsent {
  /** The newest of the device, whoever's choice made it. */
  epoch: number;
  /** The highest that the device is known to have been at. */
  deviceEpoch: number;
  /** By slot. */
  subjects: Map<number, SubjectConsent>;
}

/** What an entry of the ledger changes. */
export interface ConsentDraft {
  subject: number;
  epoch: number;
  base: number;
  how: ConsentHow;
  choices: Choices;
  validUntilMs: number | null;
}

/** Sets a subject that are kept: data of an older epoch than these counts as not covered. */
const MAX_STEPS = 64;

export function noConsent(): DeviceConsent {
  return { epoch: 0, deviceEpoch: 0, subjects: new Map() };
}

/**
 * Takes one entry, in the order of the ledger. A purpose that a later set does not grant is gone from every earlier one for good: what was
 * recorded before a withdrawal does not come back with a new grant. Returns whether it took one away.
 */
export function fold(
  consent: DeviceConsent,
  draft: ConsentDraft,
  { salt, hash }: Pick<LedgerRow, 'salt' | 'hash'>,
): boolean {
  if (draft.how === 'device') dropUnseen(consent, draft.base);
  if (draft.how === 'opt-out' || draft.how === 'opt-in') return signal(consent, draft, { salt, hash });
  const bits = grantedBits(draft.choices);
  const { epoch, choices, validUntilMs } = draft;
  const subject = subjectOf(consent, draft.subject, salt);
  const takesBack = subject.steps.some((step) => (step.covered & ~bits) !== 0);
  for (const step of subject.steps) step.covered &= bits;
  subject.steps.push({ epoch, choices, covered: bits });
  if (subject.steps.length > MAX_STEPS) subject.steps.shift();
  Object.assign(subject, { hash, choices, validUntilMs, owed: draft.how === 'device' ? null : epoch });
  consent.epoch = Math.max(consent.epoch, epoch);
  if (draft.how === 'device') consent.deviceEpoch = Math.max(consent.deviceEpoch, epoch);
  return takesBack;
}

/** What it is about never rests on the device: no epoch changes. */
function signal(
  consent: DeviceConsent,
  { subject: slot, how }: ConsentDraft,
  { salt, hash }: Pick<LedgerRow, 'salt' | 'hash'>,
): boolean {
  const subject = subjectOf(consent, slot, salt);
  subject.hash = hash;
  subject.hasOptedOut = how === 'opt-out';
  return subject.hasOptedOut;
}

/** The device chose on top of `base`: what the service made above it was never in force there, and its epochs now mean the device's. */
function dropUnseen(consent: DeviceConsent, base: number): void {
  const seen = Math.max(base, consent.deviceEpoch);
  for (const subject of consent.subjects.values()) {
    subject.steps = subject.steps.filter((step) => step.epoch <= seen);
  }
}

function subjectOf(consent: DeviceConsent, slot: number, salt: Uint8Array): SubjectConsent {
  const known = consent.subjects.get(slot);
  if (known !== undefined) return known;
  const nothing = { hash: salt, choices: {}, validUntilMs: null, steps: [], owed: null, hasOptedOut: false };
  const made: SubjectConsent = { salt, ...nothing };
  consent.subjects.set(slot, made);
  return made;
}

/** The device acts on `epoch` of a subject. False: it is not the one that is owed. */
export function confirm(consent: DeviceConsent, slot: number, epoch: number): boolean {
  if (epoch > consent.epoch) return false;
  consent.deviceEpoch = Math.max(consent.deviceEpoch, epoch);
  const subject = consent.subjects.get(slot);
  if (subject === undefined || subject.owed !== epoch) return false;
  subject.owed = null;
  return true;
}

/** stale: the device is at an epoch that nobody told the gateway of. */
export type Standing = 'covered' | 'missing' | 'stale';

/** How data of a subject, recorded under `epoch` for purposes (bits of `consentBit`), stands now. On the path of every message. */
export function standing(
  consent: DeviceConsent,
  data: { subject: number; epoch: number; consentPurposes: number },
  nowMs: number,
): Standing {
  if (data.epoch > consent.epoch) return 'stale';
  const lacking = data.consentPurposes & ~coveredBits(consent, data.subject, data.epoch, nowMs);
  return lacking === 0 ? 'covered' : 'missing';
}

/** Purposes for which records of a subject under an epoch may be kept and passed on now. */
export function coveredBits(consent: DeviceConsent, slot: number, epoch: number, nowMs: number): number {
  const subject = consent.subjects.get(slot);
  if (subject === undefined || epoch > consent.epoch) return 0;
  if (subject.validUntilMs !== null && nowMs >= subject.validUntilMs) return 0;
  const { steps } = subject;
  for (let i = steps.length - 1; i >= 0; i -= 1) {
    if (steps[i]!.epoch <= epoch) return steps[i]!.covered;
  }
  return 0;
}
