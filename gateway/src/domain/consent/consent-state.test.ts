import { consentBit } from '@usewire/protocol/model';
import type { Choice } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { confirm, coveredBits, type DeviceConsent, fold, noConsent, standing } from './consent-state.ts';
import { onDeviceChoice, onServiceChoice, passedOver } from './decide.ts';
import type { Choices } from './ledger-entry.ts';

const [HEALTH, RESEARCH] = [6, 8];
const [REFUSED, GRANTED, WITHDRAWN]: Choice[] = [0, 1, 2] as Choice[];
const [LEFT, RIGHT] = [1, 2];
const ROW = { salt: new Uint8Array(16), hash: new Uint8Array(32) };

/** A device and its ledger, without a store. */
function home() {
  const consent: DeviceConsent = noConsent();
  const take = (drafts: ReturnType<typeof onDeviceChoice>) => {
    for (const draft of drafts) fold(consent, draft, ROW);
    return drafts.map(({ how, subject, epoch, choices }) => ({ how, subject, epoch, choices }));
  };
  return {
    consent,
    /** On top of `base`. */
    onDevice: (base: number, subject: number, choices: Choices, validUntilMs: number | null = null) =>
      take(onDeviceChoice(consent, { subject, base, choices, validUntilMs })),
    inService: (subject: number, choices: Choices, validUntilMs: number | null = null) =>
      take([onServiceChoice(consent, { subject, choices, validUntilMs })]),
    data: (subject: number, epoch: number, purpose: number, nowMs = 0) =>
      standing(consent, { subject, epoch, consentPurposes: consentBit(purpose) }, nowMs),
  };
}

describe('data that rests on consent', () => {
  it('is not covered while nobody has decided, and stale above every known epoch', () => {
    const { data } = home();
    expect(data(LEFT, 0, HEALTH)).toBe('missing');
    expect(data(LEFT, 1, HEALTH)).toBe('stale');
  });

  it('is covered for whom, for what, and from when it was granted', () => {
    const { data, onDevice } = home();
    onDevice(0, LEFT, { [HEALTH]: GRANTED });
    expect(data(LEFT, 1, HEALTH)).toBe('covered');
    expect(data(LEFT, 0, HEALTH)).toBe('missing');
    expect(data(RIGHT, 1, HEALTH)).toBe('missing');
    expect(data(LEFT, 1, RESEARCH)).toBe('missing');
    expect(data(LEFT, 2, HEALTH)).toBe('stale');
  });

  it("stays covered while others' choices move the epoch on", () => {
    const { data, onDevice } = home();
    onDevice(0, LEFT, { [HEALTH]: GRANTED });
    onDevice(1, RIGHT, { [HEALTH]: REFUSED });
    expect(data(LEFT, 2, HEALTH)).toBe('covered');
    expect(data(RIGHT, 2, HEALTH)).toBe('missing');
  });

  it('is not covered any more after a withdrawal, and a new grant does not bring it back', () => {
    const { data, onDevice, inService } = home();
    onDevice(0, LEFT, { [HEALTH]: GRANTED, [RESEARCH]: GRANTED });
    inService(LEFT, { [HEALTH]: WITHDRAWN });
    expect(data(LEFT, 1, HEALTH)).toBe('missing');
    expect(data(LEFT, 1, RESEARCH)).toBe('covered');
    inService(LEFT, { [HEALTH]: GRANTED });
    expect(data(LEFT, 1, HEALTH)).toBe('missing');
    expect(data(LEFT, 2, HEALTH)).toBe('missing');
    expect(data(LEFT, 3, HEALTH)).toBe('covered');
  });

  it('needs every one of its purposes', () => {
    const { consent, onDevice } = home();
    onDevice(0, LEFT, { [HEALTH]: GRANTED });
    const consentPurposes = consentBit(HEALTH) | consentBit(RESEARCH);
    expect(standing(consent, { subject: LEFT, epoch: 1, consentPurposes }, 0)).toBe('missing');
  });

  it('is not covered when the time of the grant is over', () => {
    const { data, onDevice } = home();
    onDevice(0, LEFT, { [HEALTH]: GRANTED }, 1_000);
    expect([data(LEFT, 1, HEALTH, 999), data(LEFT, 1, HEALTH, 1_000)]).toEqual(['covered', 'missing']);
  });

  it('of a purpose that the registry does not have is never covered, whatever is told', () => {
    const { consent, onDevice } = home();
    onDevice(0, LEFT, { 0: GRANTED, 31: GRANTED, 77: GRANTED, [HEALTH]: GRANTED });
    expect(coveredBits(consent, LEFT, 1, 0)).toBe(consentBit(HEALTH));
  });

  it('of a subject whose choices change without end is forgotten from the old end', () => {
    const { consent, data, onDevice } = home();
    for (let base = 0; base < 200; base += 1) onDevice(base, LEFT, { [HEALTH]: GRANTED });
    expect(consent.subjects.get(LEFT)!.steps).toHaveLength(64);
    expect(data(LEFT, 200, HEALTH)).toBe('covered');
    expect(data(LEFT, 1, HEALTH)).toBe('missing');
  });
});

describe('choices made without knowing of each other (POU-CONSENT-4)', () => {
  it('of the service first: what the device chose on top of the old epoch counts for its data, and both are merged above', () => {
    const { data, onDevice, inService } = home();
    onDevice(0, LEFT, { [HEALTH]: GRANTED });
    inService(LEFT, { [RESEARCH]: GRANTED });
    const entries = onDevice(1, LEFT, { [HEALTH]: WITHDRAWN });
    expect(entries).toEqual([
      { how: 'device', subject: LEFT, epoch: 2, choices: { [HEALTH]: WITHDRAWN } },
      { how: 'merge', subject: LEFT, epoch: 3, choices: { [HEALTH]: WITHDRAWN, [RESEARCH]: GRANTED } },
    ]);
    // Epoch 2 is the device's: it never recorded for research under it.
    expect(data(LEFT, 2, RESEARCH)).toBe('missing');
    expect(data(LEFT, 3, RESEARCH)).toBe('covered');
  });

  it.each([
    ['the service refuses', REFUSED, GRANTED, REFUSED],
    ['the service withdraws', WITHDRAWN, GRANTED, WITHDRAWN],
    ['the device refuses', GRANTED, REFUSED, REFUSED],
    ['both grant', GRANTED, GRANTED, GRANTED],
  ])('and %s: that holds', (_, service, device, held) => {
    const { consent, onDevice, inService } = home();
    inService(LEFT, { [HEALTH]: service! });
    onDevice(0, LEFT, { [HEALTH]: device! });
    expect(consent.subjects.get(LEFT)!.choices).toEqual({ [HEALTH]: held });
  });

  it('lets a person grant anew on the device what was refused before, when the service has only chosen something else', () => {
    const { consent, onDevice, inService } = home();
    onDevice(0, LEFT, { [HEALTH]: REFUSED });
    inService(LEFT, { [RESEARCH]: GRANTED });
    onDevice(1, LEFT, { [HEALTH]: GRANTED });
    expect(consent.subjects.get(LEFT)!.choices).toEqual({ [HEALTH]: GRANTED, [RESEARCH]: GRANTED });
  });

  it("of two people: the service's choice for one goes out anew above the device's for the other", () => {
    const { data, onDevice, inService } = home();
    onDevice(0, LEFT, { [HEALTH]: GRANTED });
    inService(LEFT, { [HEALTH]: WITHDRAWN });
    const entries = onDevice(1, RIGHT, { [HEALTH]: GRANTED });
    expect(entries.map(({ how, subject, epoch }) => [how, subject, epoch])).toEqual([
      ['device', RIGHT, 2],
      ['merge', LEFT, 3],
    ]);
    expect([data(LEFT, 2, HEALTH), data(RIGHT, 2, HEALTH)]).toEqual(['missing', 'covered']);
  });

  it('of the service that the device has confirmed are no conflict', () => {
    const { consent, onDevice, inService } = home();
    inService(LEFT, { [HEALTH]: GRANTED });
    expect(confirm(consent, LEFT, 1)).toBe(true);
    expect(onDevice(1, LEFT, { [RESEARCH]: GRANTED })).toEqual([
      { how: 'device', subject: LEFT, epoch: 2, choices: { [HEALTH]: GRANTED, [RESEARCH]: GRANTED } },
    ]);
  });

  it('that come long after they were made take back, and give nothing that was taken', () => {
    const { consent, data, onDevice } = home();
    onDevice(0, LEFT, { [HEALTH]: GRANTED });
    onDevice(1, LEFT, { [RESEARCH]: WITHDRAWN });
    const late = onDevice(0, LEFT, { [HEALTH]: REFUSED, [RESEARCH]: GRANTED });
    expect(late).toMatchObject([{ how: 'merge', epoch: 3 }]);
    expect(consent.subjects.get(LEFT)!.choices).toEqual({ [HEALTH]: REFUSED, [RESEARCH]: WITHDRAWN });
    expect(data(LEFT, 2, HEALTH)).toBe('missing');
  });
});

describe('a set that the device passed over', () => {
  it('is told again under a new epoch, as it would ignore the old one', () => {
    const { consent, inService } = home();
    inService(LEFT, { [HEALTH]: WITHDRAWN });
    inService(RIGHT, { [HEALTH]: GRANTED });
    // The first one was lost on the way.
    confirm(consent, RIGHT, 2);
    expect(passedOver(consent)).toMatchObject([
      { subject: LEFT, epoch: 3, choices: { [HEALTH]: WITHDRAWN } },
    ]);
  });

  it('is not confirmed by the epoch that the device had already', () => {
    const { consent, inService } = home();
    inService(LEFT, { [HEALTH]: WITHDRAWN });
    expect(confirm(consent, LEFT, 9)).toBe(false);
    expect(confirm(consent, LEFT, 0)).toBe(false);
    expect(consent.subjects.get(LEFT)!.owed).toBe(1);
  });
});
