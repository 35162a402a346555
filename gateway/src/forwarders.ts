import type { BatchLimits } from './domain/batch-plan.ts';
import { withoutOptedOut } from './domain/consent/opt-outs.ts';
import type { ForwardPolicy } from './domain/forward-machine.ts';
import { createRecordDecoder } from './domain/forward-records.ts';
import { createSelection, type Selection } from './domain/select-records.ts';
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
}

const defaultBatch: BatchLimits = {
  maxRecords: 1_000,
  maxBytes: 262_144,
  maxAgeMs: 500,
};
const defaultRetry: ForwardPolicy = { baseMs: 500, maxMs: 60_000, breakerAfter: 5, probeEveryMs: 30_000 };

/** One forwarder a sink, each with its own cursor, timer and failures. */
export function createForwarders(options: ForwardersOptions = {}): Forwarders {
  let running: Forwarder[] = [];
  return {
    part(context) {
      let unsubscribe: (() => void)[] = [];
      return {
        async start() {
          running = context.sinks.map((sink) => {
            const own = options.sinks?.[sink.name] ?? { batch: defaultBatch, retry: defaultRetry };
            // Each its own decoder: a checker's columns are not shared between batches under way.
            return createForwarder(sink, own, {
              ...portsOf(context),
              decode: createRecordDecoder(context.model, context.covered),
              select: selectionOf(own, context),
            });
          });
          unsubscribe = [
            context.onCommit(() => {
              for (const forwarder of running) forwarder.notify();
            }),
            context.onTakenBack((id) => {
              for (const forwarder of running) forwarder.takenBack(id);
            }),
          ];
          for (const forwarder of running) forwarder.start();
          context.erasures.attach(() => running);
          return undefined;
        },
        async stop() {
          for (const end of unsubscribe) end();
          const drainMs = options.drainMs ?? 10_000;
          await Promise.all(running.map((forwarder) => forwarder.drain(drainMs)));
          await Promise.all(context.sinks.map((sink) => sink.close()));
        },
      };
    },
    statuses: () => running.map((forwarder) => forwarder.status()),
  };
}

function selectionOf(
  { rules = {}, thirdParty = false }: ForwarderOptions,
  context: GatewayContext,
): Selection {
  const select = createSelection(rules);
  return thirdParty ? withoutOptedOut(select, context.hasOptedOut) : select;
}

function portsOf({ store, clock, log }: GatewayContext) {
  return { spool: store, clock, log, scheduler: systemScheduler, random: Math.random };
}
