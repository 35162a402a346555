import { createDevice, type Device } from '@usewire/device-sdk/core';
import {
  findTexts,
  holdsText,
  imageOf,
  manualClock,
  memoryStorage,
  memoryTransport,
  seededRandom,
} from '@usewire/device-sdk/testing';
import { home, type Person, people, points } from './home-model.ts';
import { createOracle } from './oracle.ts';
import type { Deed, Scenario } from './scenario.ts';

export interface ScenarioOptions {
  seed: number;
  /** Kills and losses of power among the deeds. */
  hasFaults: boolean;
}

export interface ScenarioVerdict {
  /** What was where it may not be; empty when all is well. */
  findings: string[];
  /** Records said, and arrived. */
  said: number;
  arrived: number;
  /** Texts that may be anywhere and did not arrive: none, unless the power took them. */
  missing: number;
  restarts: number;
}

const codes = { health: 6, improve: 2 } as const;
const MINUTE_MS = 60_000;
/** Within which a withdrawal has to be through. */
const SECOND_MS = 1000;

/** One device of one home, on doubles, and the people who live with it. */
class Home {
  readonly oracle = createOracle();
  readonly findings: string[] = [];
  readonly storage = memoryStorage();
  readonly gateway = memoryTransport(home);
  restarts = 0;
  said = 0;
  private readonly clock = manualClock();
  private readonly random: ReturnType<typeof seededRandom>;
  private device: Device<typeof home>;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.device = this.start();
  }

  private start(): Device<typeof home> {
    const { clock, storage, gateway, random } = this;
    const options = { flushIntervalMs: 20_000, minRetryMs: 10, maxRetryMs: 500, maxMessageBytes: 512 };
    return createDevice({ model: home, ports: { clock, storage, transport: gateway, random }, options });
  }

  chance(of: number): boolean {
    return this.random.next() < of;
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 250) {
      this.device.tick();
      this.clock.advance(Math.min(250, left));
    }
    this.device.tick();
  }

  do(deed: Deed): void {
    // A service speaks to a device that has said hello. What is sent until then is sent before the decision.
    if (deed.do === 'decide' && deed.where !== 'product') this.pass(SECOND_MS);
    const sentBefore = this.gateway.sent.length;
    const { consent } = this.device;
    if (deed.do === 'live') this.live(deed.minutes);
    else if (deed.do === 'offline' || deed.do === 'online') this.gateway.setOnline(deed.do === 'online');
    else if (deed.do === 'reset') {
      consent.forget();
      for (const who of people) this.oracle.forgotten(who);
    } else if (deed.do === 'forget') {
      consent[deed.who].forget();
      this.oracle.forgotten(deed.who);
    } else if (deed.where === 'product') {
      consent[deed.who].set({ [deed.purpose]: deed.isGranted }, { notice: 'simulated' });
      this.oracle.decided(deed.who, deed.purpose, deed.isGranted);
    } else this.decideInService(deed);
    if (deed.do !== 'live') this.look(deed.do === 'online' ? this.gateway.sent.length : sentBefore);
  }

  private decideInService({ who, purpose, isGranted }: Extract<Deed, { do: 'decide' }>): void {
    const choices = { [codes[purpose]]: isGranted ? (1 as const) : (2 as const) };
    const epoch = this.device.consent.epoch() + 1;
    this.gateway.push({ kind: 7, epoch, subject: people.indexOf(who) + 1, choices });
    this.oracle.decided(who, purpose, isGranted);
  }

  private live(minutes: number): void {
    for (let i = 0; i < minutes; i += 1) {
      for (const who of people)
        for (const point of ['used', 'slept', 'fell', 'tried'] as const) this.say(who, point);
      this.pass(MINUTE_MS / 2 + this.random.next() * MINUTE_MS);
    }
  }

  private say(who: Person, point: keyof typeof points): void {
    this.said += 1;
    const said = `sim-${this.said}-${point}-by-${who}-`;
    this.device.points[point][who]({ text: said });
    this.oracle.said(said, who, points[point]);
  }

  /** A second later nothing is on the disk that may not be there, and nothing was sent since that may not leave. */
  look(sentBefore: number): void {
    this.pass(SECOND_MS);
    const nowhere = this.oracle.texts('nowhere');
    const onlyInMemory = this.oracle.texts('memory');
    this.findings.push(...findTexts(imageOf(this.storage), [...nowhere, ...onlyInMemory]));
    for (const { bytes } of this.gateway.sent.slice(sentBefore))
      for (const text of nowhere) if (holdsText(bytes, text)) this.findings.push(`${text} was sent`);
  }

  /** The process is killed, or the power goes: what was not synced is torn anywhere. */
  fail(): void {
    const isPower = this.chance(0.5);
    this.storage.crash(isPower ? { dropUnsynced: true, random: this.random.next } : {});
    this.gateway.close();
    this.clock.restart();
    this.oracle.restarted();
    this.restarts += 1;
    const sentBefore = this.gateway.sent.length;
    this.device = this.start();
    this.look(sentBefore);
  }

  /** Each record arrived as the one whose it is, once, in a message of its purpose. */
  arrivals(): string[] {
    return this.gateway.stored.flatMap(({ subject, records }) => {
      const purposes = new Set(records.map(({ point }) => points[point as keyof typeof points]));
      if (purposes.size > 1) this.findings.push(`a message of ${[...purposes].join(' and ')}`);
      return records.map(({ attributes }) => {
        const text = attributes['text'] as string;
        if (this.oracle.ownerOf(text) !== people[subject - 1])
          this.findings.push(`${text} crossed to ${subject}`);
        return text;
      });
    });
  }
}

/** Lives a scenario, searching disk and wire after each deed and each failure. The same seed lives the same life. */
export function liveScenario(scenario: Scenario, { seed, hasFaults }: ScenarioOptions): ScenarioVerdict {
  const life = new Home(seed);
  for (const deed of scenario.deeds) {
    life.do(deed);
    if (hasFaults && life.chance(0.5)) life.fail();
  }
  life.gateway.setOnline(true);
  life.pass(10 * MINUTE_MS);
  const arrived = life.arrivals();
  if (new Set(arrived).size < arrived.length) life.findings.push('a record arrived twice');
  const missing = life.oracle.texts('anywhere').filter((text) => !arrived.includes(text)).length;
  const { findings, said, restarts } = life;
  return { findings, said, arrived: arrived.length, missing, restarts };
}
