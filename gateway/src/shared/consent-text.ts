import type { DeviceConsent, SubjectConsent } from '../domain/consent/consent-state.ts';
import type { Choices } from '../domain/consent/ledger-entry.ts';
import { grantedBits } from '../domain/consent/purpose-bits.ts';

const GRANTED = 1;

type SubjectText = Omit<SubjectConsent, 'salt' | 'hash'> & { slot: number; salt: string; hash: string };
type Text = Omit<DeviceConsent, 'subjects'> & { subjects: SubjectText[] };

/** What holds for the people of a device, as other gateways get it. The evidence stays in the ledger of the gateway that heard it. */
export function consentText({ epoch, deviceEpoch, subjects }: DeviceConsent): string {
  const all = [...subjects].sort(([a], [b]) => a - b);
  const text: Text = {
    epoch,
    deviceEpoch,
    subjects: all.map(([slot, { salt, hash, ...rest }]) => ({
      ...{ slot, ...rest },
      ...{ salt: Buffer.from(salt).toString('base64'), hash: Buffer.from(hash).toString('base64') },
    })),
  };
  return JSON.stringify(text);
}

export function readConsentText(text: string): DeviceConsent {
  const { epoch, deviceEpoch, subjects } = JSON.parse(text) as Text;
  const of = ({ slot, salt, hash, ...rest }: SubjectText): [number, SubjectConsent] => [
    slot,
    { ...rest, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') },
  ];
  return { epoch, deviceEpoch, subjects: new Map(subjects.map(of)) };
}

/** Two gateways heard something at the same time: what either of them was refused is refused, until it is granted anew. */
export function narrower(one: DeviceConsent, other: DeviceConsent): DeviceConsent {
  const subjects = new Map(one.subjects);
  for (const [slot, theirs] of other.subjects) {
    const ours = subjects.get(slot);
    subjects.set(slot, ours === undefined ? theirs : narrowerOf(ours, theirs));
  }
  const epoch = Math.max(one.epoch, other.epoch);
  return { epoch, deviceEpoch: Math.max(one.deviceEpoch, other.deviceEpoch), subjects };
}

function narrowerOf(ours: SubjectConsent, theirs: SubjectConsent): SubjectConsent {
  const [earlier, later] = lastEpoch(ours) <= lastEpoch(theirs) ? [ours, theirs] : [theirs, ours];
  const refused = Object.entries(earlier.choices).filter(([, choice]) => choice !== GRANTED);
  const choices: Choices = { ...later.choices, ...Object.fromEntries(refused) };
  const bits = grantedBits(choices);
  const steps = later.steps.map((step) => ({ ...step, covered: step.covered & bits }));
  return { ...later, choices, steps, hasOptedOut: ours.hasOptedOut || theirs.hasOptedOut };
}

function lastEpoch({ steps }: SubjectConsent): number {
  return steps.at(-1)?.epoch ?? 0;
}

/** Whether records that were covered are not any more. */
export function takesBack(before: DeviceConsent, after: DeviceConsent): boolean {
  for (const [slot, { steps, hasOptedOut }] of before.subjects) {
    const next = after.subjects.get(slot);
    const left = grantedBits(next?.choices ?? {});
    if (next?.hasOptedOut && !hasOptedOut) return true;
    if (steps.some(({ covered }) => (covered & ~left) !== 0)) return true;
  }
  return false;
}
