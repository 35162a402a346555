import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fold } from '../domain/consent/consent-state.ts';
import type { Choices, ConsentHow } from '../domain/consent/ledger-entry.ts';
import { type Devices, deviceRegistry } from '../domain/devices.ts';
import { silentLog, systemClock, systemScheduler } from '../system.ts';
import { consentText, narrower, readConsentText, takesBack } from './consent-text.ts';
import { type MemoryState, memoryState } from './memory-state.ts';
import { type SharedConsents, shareConsents } from './shared-consents.ts';

const lamp = { tenant: 'acme', device: 'lamp-1' };
const seal = { salt: Buffer.from('salt'), hash: Buffer.from('hash') };
/** Purpose 5. */
const GRANTED: Choices = { 5: 1 };
const WITHDRAWN: Choices = { 5: 2 };

interface Gateway {
  devices: Devices;
  sharing: SharedConsents;
  takenBack: number;
}
let state: MemoryState;
let gateways: Gateway[] = [];

function join(devices = deviceRegistry()): Gateway {
  const gateway: Gateway = { devices, takenBack: 0, sharing: null as never };
  gateway.sharing = shareConsents(state.join(), {
    ...{ devices, clock: systemClock, log: silentLog, scheduler: systemScheduler },
    takenBack: () => {
      gateway.takenBack += 1;
    },
  });
  gateways.push(gateway);
  return gateway;
}

/** A choice is heard at a gateway, and told once it is on the disk. */
function hear(gateway: Gateway, epoch: number, choices: Choices, how: ConsentHow = 'device'): void {
  const draft = { subject: 1, epoch, base: epoch - 1, how, choices, validUntilMs: null };
  fold(gateway.devices.entry(lamp, 0).consent, draft, seal);
  gateway.sharing.changed([lamp]);
}

const choicesAt = ({ devices }: Gateway) => devices.find(lamp)?.consent.subjects.get(1)?.choices;

beforeEach(() => {
  state = memoryState();
});
afterEach(() => {
  for (const { sharing } of gateways) sharing.close();
  gateways = [];
});

describe('what a person has chosen', () => {
  it('holds at every gateway, and a withdrawal ends what is on its way everywhere', async () => {
    const one = join();
    const other = join();
    hear(one, 1, GRANTED);
    await expect.poll(() => choicesAt(other)).toEqual(GRANTED);
    hear(other, 2, WITHDRAWN);
    await expect.poll(() => choicesAt(one)).toEqual(WITHDRAWN);
    expect([one.takenBack, other.takenBack]).toEqual([1, 0]);
    expect(one.devices.find(lamp)?.consent.epoch).toBe(2);
  });

  it('is there for a gateway that comes later', async () => {
    hear(join(), 1, GRANTED);
    const late = join();
    await expect.poll(() => choicesAt(late)).toEqual(GRANTED);
  });

  it('was chosen before there were several: the first one tells it', async () => {
    const devices = deviceRegistry();
    fold(
      devices.entry(lamp, 0).consent,
      { subject: 1, epoch: 1, base: 0, how: 'device', choices: GRANTED, validUntilMs: null },
      seal,
    );
    join(devices);
    const other = join();
    await expect.poll(() => choicesAt(other)).toEqual(GRANTED);
  });

  it('is refused where two gateways heard different things while they could not talk', async () => {
    const one = join();
    const other = join();
    hear(one, 1, GRANTED);
    await expect.poll(() => choicesAt(other)).toEqual(GRANTED);
    state.setAway(true);
    hear(one, 2, WITHDRAWN);
    hear(other, 2, GRANTED, 'service');
    state.setAway(false);
    await expect
      .poll(() => [choicesAt(one), choicesAt(other)], { timeout: 10_000 })
      .toEqual([WITHDRAWN, WITHDRAWN]);
  });

  it('was heard, and its gateway ended before it could tell: it tells when it is there again', async () => {
    const one = join();
    const other = join();
    hear(one, 1, GRANTED);
    await expect.poll(() => choicesAt(other)).toEqual(GRANTED);
    state.setAway(true);
    hear(one, 2, WITHDRAWN);
    one.sharing.close();
    state.setAway(false);
    // Its ledger is on its disk.
    const again = join(one.devices);
    await expect.poll(() => choicesAt(other)).toEqual(WITHDRAWN);
    expect(choicesAt(again)).toEqual(WITHDRAWN);
  });
});

describe('the text of consent', () => {
  it('is read as it was written', () => {
    const gateway = join();
    hear(gateway, 1, GRANTED);
    const { consent } = gateway.devices.find(lamp)!;
    expect(readConsentText(consentText(consent))).toEqual(consent);
    expect(takesBack(consent, narrower(consent, consent))).toBe(false);
  });
});
