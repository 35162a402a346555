import type { BatchLimits } from './domain/batch-plan.ts';
import { withoutOptedOut } from './domain/consent/opt-outs.ts';
import type { ForwardPolicy } from './domain/forward-machine.ts';
import { createRecordDecoder } from './domain/forward-records.ts';
import type { Sink } from './domain/ports.ts';
import { createSelection, type Selection } from './domain/select-records.ts';
import { withinRetention } from './domain/within-retention.ts';
import { createForwarder } from './forwarder.ts';
import type { Forwarder, ForwarderOptions, ForwarderStatus } from './forwarder-types.ts';
import type { GatewayContext, GatewayPart } from './gateway-types.ts';
import { systemScheduler } from './system.ts';

export interface ForwardersOptions {
  /** By sink name; a sink that is not named gets the defaults. */
  sinks?: Readonly<Record<string, ForwarderOptions>>;
  /** How long a stop waits for sinks to take what is left. Default 10,000. */
  drainMs?: number;
}

export interface Forwarders {
  part(context: GatewayContext): GatewayPart;
  statuses(): ForwarderStatus[];
  get(name: string): Forwarder | undefined;
  /**
   * From now on these. One that is `kept` goes on untouched; the others that run end with what is under way, within a second and a half, and are closed.
   * What a sink has not had by then its next forwarder brings.
   */
  replace(plans: readonly SinkPlan[]): Promise<void>;
}

/** A sink that is to run. */
export interface SinkPlan {
  sink: Sink;
  options?: ForwarderOptions;
  /** It runs already, and nothing of it has changed. */
  isKept?: boolean;
}

const defaultBatch: BatchLimits = {
  maxRecords: 1_000,
  maxBytes: 262_144,
  maxAgeMs: 500,
};
const defaultRetry: ForwardPolicy = { baseMs: 500, maxMs: 60_000, breakerAfter: 5, probeEveryMs: 30_000 };
/** What is under way has so long when its sink is replaced: changed rules hold within a second. */
const LEAVE_MS = 500;

/** One forwarder a sink, each with its own cursor, timer and failures. */
export function createForwarders(options: ForwardersOptions = {}): Forwarders {
  let running = new Map<string, RunningSink>();
  let begin: ((plan: SinkPlan) => RunningSink) | null = null;
  const each = (act: (forwarder: Forwarder) => void) => {
    for (const { forwarder } of running.values()) act(forwarder);
  };

  async function replace(plans: readonly SinkPlan[]): Promise<void> {
    const kept = new Set(plans.filter(({ isKept }) => isKept === true).map(({ sink }) => sink.name));
    const leaving = [...running.values()].filter(({ sink }) => !kept.has(sink.name));
    await Promise.all(leaving.map(({ forwarder }) => forwarder.leave(LEAVE_MS)));
    await Promise.all(leaving.map(({ sink }) => sink.close()));
    // The gateway was stopped meanwhile.
    if (begin === null) return;
    const start = begin;
    running = new Map(
      plans.map((plan) => [
        plan.sink.name,
        (kept.has(plan.sink.name) && running.get(plan.sink.name)) || start(plan),
      ]),
    );
  }

  return {
    part: (context) => {
      let unsubscribe: (() => void)[] = [];
      return {
        async start() {
          begin = (plan) => runningSink(context, plan);
          const plans = context.sinks.map((sink) => ({ sink, ...given(options.sinks?.[sink.name]) }));
          running = new Map(plans.map((plan) => [plan.sink.name, runningSink(context, plan)]));
          unsubscribe = [
            context.onCommit(() => each((forwarder) => forwarder.notify())),
            context.onTakenBack((id) => each((forwarder) => forwarder.takenBack(id))),
          ];
          context.erasures.attach(() => [...running.values()].map(({ forwarder }) => forwarder));
          return undefined;
        },
        async stop() {
          begin = null;
          for (const end of unsubscribe) end();
          const drainMs = options.drainMs ?? 10_000;
          await Promise.all([...running.values()].map(({ forwarder }) => forwarder.drain(drainMs)));
          await Promise.all([...running.values()].map(({ sink }) => sink.close()));
        },
      };
    },
    statuses: () => [...running.values()].map(({ forwarder }) => forwarder.status()),
    get: (name) => running.get(name)?.forwarder,
    replace,
  };
}

interface RunningSink {
  sink: Sink;
  forwarder: Forwarder;
}

function given(options: ForwarderOptions | undefined): Pick<SinkPlan, 'options'> {
  return options === undefined ? {} : { options };
}

function runningSink(context: GatewayContext, { sink, options }: SinkPlan): RunningSink {
  const own = options ?? { batch: defaultBatch, retry: defaultRetry };
  const forwarder = createForwarder(sink, own, {
    ...portsOf(context),
    // Each its own decoder: a checker's columns are not shared between batches under way.
    decode: createRecordDecoder(context.model, context.covered),
    select: selectionOf(own, context),
  });
  forwarder.start();
  return { sink, forwarder };
}

function selectionOf(
  { rules = {}, thirdParty = false }: ForwarderOptions,
  context: GatewayContext,
): Selection {
  const select = withinRetention(createSelection(rules), context.retention, context.clock);
  return thirdParty ? withoutOptedOut(select, context.hasOptedOut) : select;
}

function portsOf({ store, clock, log }: GatewayContext) {
  return { spool: store, clock, log, scheduler: systemScheduler, random: Math.random };
}
