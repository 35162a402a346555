import { asideIndex, withoutSeqs } from './domain/aside.ts';
import { type CommitQueue, commitQueue } from './domain/commit-queue.ts';
import { type ConsentBook, consentBook } from './domain/consent/consent-book.ts';
import { consentDesk } from './domain/consent/consent-desk.ts';
import { liveCoverage } from './domain/consent/coverage.ts';
import { liveOptOuts } from './domain/consent/opt-outs.ts';
import { watchExpiry } from './domain/consent/watch-expiry.ts';
import { zeroCounters } from './domain/counters.ts';
import { type Devices, deviceRegistry } from './domain/devices.ts';
import { noErasures } from './domain/erasure/desk-types.ts';
import type { IntakeContext } from './domain/intake-context.ts';
import { type Keeper, keeper } from './domain/keeper.ts';
import { type AddedModel, type KnownModel, type Models, modelRegistry, OPERATOR } from './domain/models.ts';
import type {
  Clock,
  DeviceId,
  Downlink,
  GatewayPhase,
  GatewayView,
  Log,
  MessageKey,
  SequenceGap,
  Sink,
  SpoolStore,
} from './domain/ports.ts';
import { quarantineDesk } from './domain/quarantine-desk.ts';
import { replayParked } from './domain/replay.ts';
import { longestHeldMs, type Retention, retentions } from './domain/retention.ts';
import { noSealKeys } from './domain/seal-state.ts';
import { sealedDownlink } from './domain/sealed-downlink.ts';
import { settleGroup } from './domain/settle.ts';
import { openErasures } from './erasures.ts';
import type {
  Gateway,
  GatewayAddresses,
  GatewayContext,
  GatewayOptions,
  GatewayPart,
  GatewayPorts,
} from './gateway-types.ts';
import { type Joined, joinShared } from './join-shared.ts';
import { type Links, makeLinks } from './links.ts';
import { type FullOptions, withDefaults } from './options.ts';
import { type LiveRegistry, openLiveRegistry } from './registry/live-registry.ts';
import { hasRegistryFile } from './registry/schema.ts';
import { natsState } from './shared/nats-state.ts';
import { openMendingSpool } from './spool/mending-spool.ts';
import { newSalt, silentLog, systemClock, systemScheduler } from './system.ts';
import { watchRetention } from './watch-retention.ts';

/** Puts the gateway together; nothing is opened before `start()`. Wrong options throw with a sentence that says what to change. */
export function createGateway(options: GatewayOptions, ports: GatewayPorts = {}): Gateway {
  return new AssembledGateway(withDefaults(options), ports);
}

/** A commit has to find room as a whole, also in a small store that has just drained a little. */
const MAX_COMMIT_BYTES = 4 * 2 ** 20;

/** Held only between `start()` and `stop()`. */
interface Running {
  store: SpoolStore;
  queue: CommitQueue;
  links: Links;
  keeper: Keeper;
  stopWatching: (() => void)[];
  parts: GatewayPart[];
  erasures: ReturnType<typeof openErasures>;
  /** null = it is the only one. */
  joined: Joined | null;
}

const isOfOperator = ({ tenant }: { tenant: string }) => tenant === OPERATOR;

/** An operator asks most when the disk does not read: then what stands in quarantine is told as missing. */
function readableSeqs(store: SpoolStore, id: DeviceId | undefined): MessageKey[] {
  try {
    return store.quarantinedSeqs(id);
  } catch {
    return [];
  }
}

class AssembledGateway implements Gateway {
  readonly view: GatewayView;
  private readonly options: FullOptions;
  private readonly ports: GatewayPorts;
  private readonly clock: Clock;
  private readonly log: Log;
  private sinks: readonly Sink[];
  private readonly counters = zeroCounters();
  private readonly devices: Devices = deviceRegistry();
  private readonly models: Models;
  private readonly commitListeners = new Set<(lastPosition: number) => void>();
  private readonly takenBackListeners = new Set<(id: DeviceId) => void>();
  private phase: GatewayPhase = 'starting';
  private running: Running | null = null;
  /** Null where nobody needs it: another identity mode, and no seal keys. */
  private registry: LiveRegistry | null = null;

  constructor(options: FullOptions, ports: GatewayPorts) {
    this.options = options;
    this.ports = ports;
    this.clock = ports.clock ?? systemClock;
    this.log = ports.log ?? silentLog;
    this.sinks = ports.sinks ?? [];
    this.models = modelRegistry(options.path);
    this.view = this.makeView();
  }

  async start(): Promise<GatewayAddresses> {
    const store = this.ports.store ?? this.openStore();
    try {
      return await this.startOn(store);
    } catch (error) {
      await this.stop();
      this.closeRegistry();
      await store.close();
      throw error;
    }
  }

  private openStore(): SpoolStore {
    const { nowMs } = this.clock;
    const rescued = () => this.devices.saveAll();
    const sinks = () => this.sinkNames();
    return openMendingSpool(this.options.spool, { nowMs, log: this.log, sinks, rescued });
  }

  async stop(): Promise<void> {
    const { running } = this;
    if (running === null) return;
    this.running = null;
    this.phase = 'draining';
    await running.links.stopAccepting();
    running.links.setPressure(true);
    await running.queue.drained();
    await running.links.close();
    await running.erasures.stop();
    await running.joined?.close();
    for (const part of running.parts.toReversed()) await part.stop();
    running.keeper.stop();
    for (const stop of running.stopWatching) stop();
    this.closeRegistry();
    await running.store.close();
    this.phase = 'stopped';
    this.log.info('gateway.stopped', { messages: this.counters.messages });
  }

  replaceSinks(sinks: readonly Sink[]): void {
    this.sinks = sinks;
  }

  private sinkNames(): string[] {
    return this.sinks.map((sink) => sink.name);
  }

  reloadCertificates(): void {
    this.running?.links.reloadCertificates();
  }

  private async startOn(store: SpoolStore): Promise<GatewayAddresses> {
    const queue = this.makeQueue(store);
    const consents = this.restore(store, queue);
    const registry = this.openRegistry();
    this.registry = registry;
    const context = this.makeIntake(store, queue, consents);
    const erasures = openErasures(context);
    const isReady = () => this.phase === 'ready';
    const links = await makeLinks({ options: this.options, ports: this.ports, context, registry, isReady });
    const { devices, log } = this;
    const here = sealedDownlink(links, { devices, keys: context.seals.keys, log });
    const joined = this.join(context, here);
    context.downlink = joined?.downlink ?? here;
    const desks = { desk: quarantineDesk(context), erasures, consents: consentDesk(context) };
    const parts = (this.ports.parts ?? []).map((make) => make(this.partContext(store, desks)));
    const stopWatching = [watchExpiry(context, systemScheduler), this.watchRetention()];
    const kept = this.makeKeeper(store);
    this.running = { store, queue, links, keeper: kept, stopWatching, parts, erasures, joined };
    let httpPort = 0;
    for (const part of parts) httpPort = (await part.start())?.httpPort ?? httpPort;
    for (const owned of this.models.all()) replayParked(context, owned);
    registry?.watch((id) => this.registryChanged(id, links));
    const addresses = { ...(await links.open()), httpPort };
    this.running.keeper.start();
    if (this.sinks.length === 0) erasures.attach(() => []);
    this.phase = 'ready';
    this.log.info('gateway.ready', addresses);
    return addresses;
  }

  private restore(store: SpoolStore, queue: CommitQueue): ConsentBook {
    const state = store.load();
    this.devices.restore(state);
    const kept = new Set(state.models.filter(isOfOperator).map((model) => model.hash));
    // First, so that nothing that was ever told can take their place.
    for (const bytes of this.options.models) {
      const added = this.noteRefusal(this.models.give(bytes));
      // The store holds every model of its messages: it can be read without the configuration.
      if (added.ok && added.isNew && !kept.has(added.model.hash)) this.keepModel(queue, added.model);
    }
    for (const { tenant, bytes } of state.models) this.noteRefusal(this.models.restore(tenant, bytes));
    return consentBook(this.options.consent, state.consents, {
      newSalt,
      takenBack: this.takenBack,
    });
  }

  private readonly takenBack = (id: DeviceId): void => {
    for (const listener of this.takenBackListeners) listener(id);
  };

  private noteRefusal(added: AddedModel): AddedModel {
    if (!added.ok) this.log.warn('model.refused', { cause: added.cause, reason: added.reason });
    return added;
  }

  /** Before the first message, and tried again while the disk is full. */
  private keepModel(queue: CommitQueue, { hash, bytes }: KnownModel): void {
    queue.gathering().models.push({ tenant: OPERATOR, hash, bytes, receivedAtMs: this.clock.nowMs() });
    queue.added(0);
  }

  private makeQueue(store: SpoolStore): CommitQueue {
    const { path, spool } = this.options;
    const maxCommitBytes = Math.min(MAX_COMMIT_BYTES, Math.floor(spool.maxBytes / 16));
    const queue: CommitQueue = commitQueue(
      { ...path, maxCommitBytes },
      {
        spool: store,
        scheduler: systemScheduler,
        clock: this.clock,
        log: this.log,
        onPressure: (on) => this.running?.links.setPressure(on),
        onCommitted: (group) => {
          settleGroup(group, this.counters);
          this.running?.joined?.committed(group);
          if (group.messages.length === 0) return;
          this.running?.keeper.committed();
          const last = store.lastPosition();
          for (const listener of this.commitListeners) listener(last);
        },
      },
    );
    return queue;
  }

  private makeIntake(store: SpoolStore, queue: CommitQueue, consents: ConsentBook): IntakeContext {
    return {
      options: {
        earliestPlausibleMs: this.options.path.earliestPlausibleMs,
        maxParkedBytes: this.options.spool.maxQuarantineBytesPerDevice,
      },
      clock: this.clock,
      log: this.log,
      queue,
      devices: this.devices,
      models: this.models,
      store,
      downlink: { send: () => {} },
      erasures: noErasures,
      counters: this.counters,
      consents,
      seals: { keys: this.registry?.seals ?? noSealKeys, policy: this.options.seals.policy },
      releasing: new Set(),
    };
  }

  /** Who logs in by other means may have seal keys in it all the same. */
  private openRegistry(): LiveRegistry | null {
    const { identity, spool, seals } = this.options;
    if (identity.mode !== 'registry' && !hasRegistryFile(spool.directory)) return null;
    return openLiveRegistry(spool.directory, { nowMs: this.clock.nowMs, log: this.log }, seals.masterKeyFile);
  }

  private join(context: IntakeContext, here: Downlink): Joined | null {
    const { shared: options, identity, spool } = this.options;
    const shared =
      this.ports.shared ?? (options && natsState(options, { log: this.log, scheduler: systemScheduler }));
    if (shared === null) return null;
    const registryDirectory = identity.mode === 'registry' ? spool.directory : null;
    return joinShared({ shared, context, registryDirectory, here, takenBack: this.takenBack });
  }

  private registryChanged(id: DeviceId, links: Links): void {
    const device = this.devices.find(id);
    if (device !== undefined) device.seal.registered = undefined;
    links.recheck(id);
  }

  private closeRegistry(): void {
    this.registry?.close();
    this.registry = null;
  }

  private watchRetention(): () => void {
    const { clock, log } = this;
    const sinks = () => this.sinks;
    const retentions = () => this.retentions();
    return watchRetention({ sinks, clock, log, scheduler: systemScheduler, retentions });
  }

  private retentions(): Retention[] {
    const models = this.models.all().map(({ model }) => model.model);
    return retentions(models, this.options.retention);
  }

  private makeKeeper(store: SpoolStore): Keeper {
    const { retentionMs, maxBytes, highWaterPercent } = this.options.spool;
    const { devices, clock, log } = this;
    const sinks = () => this.sinkNames();
    return keeper(
      {
        ...{ retentionMs, maxBytes, highWaterPercent, sinks },
        expiredBeforeMs: () => longestHeldMs(this.retentions(), clock.nowMs()),
      },
      { store, devices, clock, log, scheduler: systemScheduler },
    );
  }

  private partContext(
    store: SpoolStore,
    desks: Pick<GatewayContext, 'desk' | 'consents' | 'erasures'>,
  ): GatewayContext {
    return {
      clock: this.clock,
      log: this.log,
      store,
      view: this.view,
      ...desks,
      sinks: this.sinks,
      model: (tenant, modelHash) => this.models.find(tenant, modelHash),
      covered: liveCoverage(this.devices, this.clock),
      retention: this.options.retention,
      hasOptedOut: liveOptOuts(this.devices),
      onTakenBack: (listener) => {
        this.takenBackListeners.add(listener);
        return () => this.takenBackListeners.delete(listener);
      },
      onCommit: (listener) => {
        this.commitListeners.add(listener);
        return () => this.commitListeners.delete(listener);
      },
    };
  }

  private makeView(): GatewayView {
    const store = () => {
      if (this.running === null) throw new Error('the gateway is not running');
      return this.running.store;
    };
    return {
      counters: () => this.readCounters(),
      gauges: () => this.readGauges(),
      devices: () => this.devices.rows(),
      serialPorts: () => this.running?.links.serialPorts() ?? [],
      clusterConnections: () => this.running?.links.clusterConnections() ?? [],
      gaps: (id) => this.missing(id),
      quarantine: (filter) => store().quarantine(filter),
      findMessage: (key) => store().findMessage(key),
      consents: (of) => store().consents(of),
      size: () => store().size(),
      phase: () => this.phase,
    };
  }

  /** What stands in quarantine is looked up only if something seems to be missing. */
  private missing(id: DeviceId | undefined): SequenceGap[] {
    const holes = this.devices.gaps(id);
    if (holes.length === 0 || this.running === null) return holes;
    const aside = asideIndex(readableSeqs(this.running.store, id));
    return holes.flatMap((hole) => withoutSeqs([hole], aside(hole)).map((range) => ({ ...hole, ...range })));
  }

  private readCounters() {
    const { queue } = this.running ?? {};
    const { quarantined, refused, messagesRefused, modelsRefused, discarded } = this.counters;
    const commits = { commits: queue?.commits() ?? 0, commitFailures: queue?.failures() ?? 0 };
    return {
      ...this.counters,
      ...commits,
      quarantined: { ...quarantined },
      refused: { ...refused },
      messagesRefused: { ...messagesRefused },
      discarded: { ...discarded },
      modelsRefused: { ...modelsRefused },
    };
  }

  private readGauges() {
    const { queue, links, keeper: kept } = this.running ?? {};
    return {
      spaceAlarm: kept?.alarm() ?? false,
      connections: links?.connections() ?? 0,
      unidentified: links?.unidentified() ?? 0,
      uncommittedBytes: queue?.uncommittedBytes() ?? 0,
      uncommittedMessages: queue?.uncommittedMessages() ?? 0,
      paused: queue?.paused() ?? false,
      storageFailure: queue?.failure() ?? null,
      lastCommitMs: queue?.lastCommitMs() ?? 0,
    };
  }
}
