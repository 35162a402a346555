import { event, int, product, text } from '@usewire/protocol/model';
import { Kind, toHex } from '@usewire/protocol/wire';
import {
  findTexts,
  holdsText,
  imageOf,
  type MemoryStorage,
  type MemoryTransport,
  manualClock,
  memoryStorage,
  memoryTransport,
  seededRandom,
} from '../testing/index.ts';
import { createDevice, type Device, type DeviceOptions } from './index.ts';
import { type PowerSwitch, powerSwitch } from './power-switch.fixture.ts';

const number = { n: int(0, 1_000_000) };

/** Every record says by its number which it is, in each of the three lanes; a choice says it by its epoch. */
const numbered = product('test.numbered', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    health: { basis: 'consent', code: 'personalisation' },
  },
  points: {
    bulk: event({ id: 1, for: 'service', priority: 'bulk', attributes: number }),
    normal: event({ id: 2, for: 'service', attributes: number }),
    critical: event({ id: 3, for: 'service', priority: 'critical', attributes: number }),
    said: event({ id: 4, for: 'health', attributes: { text: text({ maxBytes: 32 }) } }),
    called: event({
      id: 5,
      for: 'health',
      priority: 'critical',
      attributes: { text: text({ maxBytes: 32 }) },
    }),
  },
});

export interface PowerLifeOptions {
  seed: number;
  cuts: number;
  device?: DeviceOptions;
  /** Lives between two cuts, of ten, with a gateway. Default 6. */
  onlineOfTen?: number;
  /** Somebody says things, grants and withdraws. Default false. */
  withPerson?: boolean;
  /** For planted faults. */
  wrapStorage?: (storage: MemoryStorage) => MemoryStorage;
  wrapTransport?: (transport: MemoryTransport) => MemoryTransport;
}

const quick: DeviceOptions = {
  maxMessageBytes: 512,
  maxOutboxBytes: 1 << 20,
  flushIntervalMs: 400,
  bulkFlushIntervalMs: 900,
  syncIntervalMs: 100,
  ackTimeoutMs: 2000,
  minRetryMs: 20,
  maxRetryMs: 200,
  statusIntervalMs: 0,
};

/** A device that lives through many losses of power, between any two calls of its storage, and some kills. */
export class PowerLife {
  recorded = 0;
  /** Records that the device called durable. */
  readonly durable: number[] = [];
  /** Records that no sync was told to cover when the power went. */
  atRisk = 0;
  cutsInStarts = 0;
  readonly chosenEpochs: number[] = [];
  readonly boots: string[] = [];
  readonly bugs: string[] = [];
  /** Texts that were said under a grant, and those of them that were taken back. */
  readonly said: string[] = [];
  private readonly forbidden = new Set<string>();
  /** Where and when a text was that may be nowhere. */
  readonly found: string[] = [];
  withdrawals = 0;
  searches = 0;
  private isGranted = false;
  private sentBefore = 0;
  private readonly withPerson: boolean;
  readonly gateway: MemoryTransport;
  private readonly random: ReturnType<typeof seededRandom>;
  private readonly clock = manualClock();
  private readonly storage: MemoryStorage;
  private readonly options: DeviceOptions;
  private readonly onlineOfTen: number;
  private power: PowerSwitch;
  private device: Device<typeof numbered>;
  private waiting: number[] = [];

  constructor(given: PowerLifeOptions) {
    this.random = seededRandom(given.seed);
    const next = () => this.random.next();
    const storage = memoryStorage();
    const gateway = memoryTransport(numbered);
    this.storage = given.wrapStorage ? given.wrapStorage(storage) : storage;
    this.gateway = given.wrapTransport ? given.wrapTransport(gateway) : gateway;
    this.options = { ...quick, ...given.device };
    this.withPerson = given.withPerson ?? false;
    this.onlineOfTen = given.onlineOfTen ?? 6;
    this.power = powerSwitch(this.storage, this.gateway, next);
    this.device = this.start();
    for (let cut = 0; cut < given.cuts; cut++) {
      if (this.below(4) === 0) this.kill();
      this.cut();
    }
    this.drain();
  }

  get stored(): number[] {
    const records = this.gateway.stored.flatMap((message) => message.records);
    return records.flatMap((record) =>
      record.attributes['n'] === undefined ? [] : [record.attributes['n'] as number],
    );
  }

  get queued(): number {
    return this.device.status().queued;
  }

  /** Names of messages that were sent with two contents. */
  namesUsedTwice(): string[] {
    const contents = new Map<string, string>();
    const twice = new Set<string>();
    for (const { message, bytes } of this.gateway.sent) {
      if (message.kind !== Kind.data && message.kind !== Kind.choice) continue;
      const name = `${typeof message.boot === 'number' ? message.boot : toHex(message.boot)}/${message.seq}`;
      const content = toHex(bytes);
      if ((contents.get(name) ?? content) !== content) twice.add(name);
      contents.set(name, content);
    }
    return [...twice];
  }

  private below(limit: number): number {
    return Math.floor(this.random.next() * limit);
  }

  private start(): Device<typeof numbered> {
    const log = {
      write: (_level: string, event: string, detail: string) => {
        // Without power a call of the zombie may fail in any way.
        if (event.startsWith('bug.') && !this.power.isOff()) this.bugs.push(`${event} ${detail}`);
      },
    };
    const ports = { ...this.power.ports, clock: this.clock, random: this.random, log };
    const device = createDevice({ model: numbered, ports, options: this.options });
    if (!this.power.isOff()) this.boots.push(device.status().boot);
    return device;
  }

  /** Half an hour of a device's day, in a few steps. */
  private live(steps: number): void {
    this.storage.holdSyncs(this.below(10) < 7);
    this.gateway.setOnline(this.below(10) < this.onlineOfTen);
    const share = this.random.next();
    this.gateway.loseAcks(this.below(2) === 0 ? () => this.random.next() < share : null);
    for (let i = 0; i < steps && !this.power.isOff(); i++) this.step();
  }

  private step(): void {
    for (let i = this.below(5); i > 0; i--) this.record();
    if (this.below(this.withPerson ? 15 : 40) === 0) this.choose();
    if (this.withPerson && this.below(2) === 0) this.say();
    this.clock.advance(1 + this.below(200));
    this.device.tick();
    if (!this.power.isOff() && this.below(10) < 3) this.storage.completeSyncs(this.below(10) > 0);
    if (this.below(2) === 0) this.noteDurable();
  }

  private record(): void {
    if (this.power.isOff()) return;
    const { bulk, normal, critical } = this.device.points;
    const record = [bulk, normal, normal, critical][this.below(4)]!;
    this.waiting.push(this.recorded);
    record({ n: this.recorded++ });
  }

  private say(): void {
    if (this.power.isOff()) return;
    const said = `planted-${this.said.length}-${this.below(1_000_000)}`;
    this.device.points[this.below(3) === 0 ? 'called' : 'said']({ text: said });
    this.said.push(said);
    // Before the first choice it waits in memory, and a grant makes it count.
    if (!this.isGranted && this.device.consent.epoch() > 0) this.forbidden.add(said);
  }

  private choose(): void {
    if (this.power.isOff()) return;
    const isGranted = this.below(2) === 0;
    const before = this.gateway.sent.length;
    const result = this.device.consent.set({ health: isGranted }, { notice: '1' });
    // Cut in the middle of the call: the person heard nothing, and the next start says what holds.
    if (!result.ok || this.power.isOff()) return;
    this.chosenEpochs.push(result.epoch);
    this.isGranted = isGranted;
    if (isGranted) return;
    this.withdrawals += 1;
    for (const said of this.said) this.forbidden.add(said);
    if (this.gateway.sent.length > before) this.found.push('data was sent by the withdrawal');
  }

  /** Nothing that was taken back stands on the disk that a start leaves behind, nor is it sent from now on. */
  private search(): void {
    if (!this.withPerson) return;
    this.storage.holdSyncs(false);
    for (let i = 0; i < 5 && !this.power.isOff(); i++) {
      this.device.tick();
      this.clock.advance(1);
    }
    this.searches += 1;
    const forbidden = [...this.forbidden].slice(-60);
    this.found.push(...findTexts(imageOf(this.storage), forbidden));
    for (const { bytes } of this.gateway.sent.slice(this.sentBefore)) {
      for (const text of forbidden) if (holdsText(bytes, text)) this.found.push(`${text} sent`);
    }
  }

  private noteDurable(): void {
    const isCovered = this.device.status().atRisk === 0;
    if (isCovered && !this.power.isOff()) this.durable.push(...this.waiting.splice(0));
  }

  private kill(): void {
    this.live(this.below(6));
    this.storage.crash();
    this.restart();
  }

  private cut(): void {
    // A tenth of the cuts come while the device starts after the one before.
    const soon = this.below(10) === 0;
    this.power.cutAfter(soon ? this.below(20) : 20 + this.below(200));
    if (soon) this.device = this.start();
    if (this.power.isOff()) this.cutsInStarts += 1;
    this.live(this.below(14));
    this.storage.crash({
      dropUnsynced: true,
      random: this.below(10) < 8 ? () => this.random.next() : undefined,
    });
    this.atRisk += this.waiting.length;
    this.waiting = [];
    this.restart();
  }

  private restart(): void {
    this.gateway.close();
    this.clock.restart();
    this.power = powerSwitch(this.storage, this.gateway, () => this.random.next());
    this.sentBefore = this.gateway.sent.length;
    this.device = this.start();
    if (this.withPerson) this.isGranted = this.device.consent.isGranted('health');
    if (this.below(2) === 0) this.search();
  }

  private drain(): void {
    this.storage.holdSyncs(false);
    this.gateway.setOnline(true);
    this.gateway.loseAcks(null);
    for (let i = 0; i < 1000 && (i < 20 || this.queued > 0); i++) {
      this.device.tick();
      this.clock.advance(200);
    }
  }
}
