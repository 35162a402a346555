import type { AddressInfo } from 'node:net';
import type { TokenBook } from './access/token-book.ts';
import { createAdminServer } from './admin/server.ts';
import { createRecordDecoder } from './domain/forward-records.ts';
import type { QuarantineFilter } from './domain/ports.ts';
import type { Forwarders } from './forwarders.ts';
import type { GatewayContext, GatewayPart } from './gateway-types.ts';
import { createMetrics } from './observability/metrics.ts';
import type { ReloadCounts, ReloadReport } from './reload.ts';
import { sinkDesk } from './sink-desk.ts';
import { version } from './version.ts';

export interface AdminOptions {
  /** Default 127.0.0.1: the pages show people's data and ask for no password. */
  host?: string;
  /** Default 18080; 0 = any free port. */
  port?: number;
  /** Default 80. */
  highWaterPercent?: number;
  /** What is there only where the gateway has a configuration that can be looked at again. */
  operator?: OperatorPorts;
  /** Who may see what; default everybody who reaches the port. */
  access?: TokenBook;
}

export interface OperatorPorts {
  /** Reads the configuration again. */
  reload(): Promise<ReloadReport>;
  reloads(): ReloadCounts;
  /** Why a sink would take nothing now; null = nothing is known to be wrong. */
  checkSink(name: string): Promise<string | null>;
}

/** The admin pages as a part of the gateway. Start it before the forwarders: it then answers until they have drained. */
export function createAdmin(
  options: AdminOptions,
  forwarders: Forwarders,
): (context: GatewayContext) => GatewayPart {
  return (context) => {
    const sources = {
      view: context.view,
      spool: context.store,
      store: context.store,
      clock: context.clock,
      size: () => context.store.size(),
      quarantine: (filter: QuarantineFilter) => context.store.quarantine(filter),
      desk: context.desk,
      access: options.access,
      onCommit: (listener: () => void) => context.onCommit(listener),
      names: context.erasures.names,
      isInUse: (token: string) => options.access?.visitor(token) != null,
      erasures: context.erasures,
      consents: context.consents,
      ledger: context.store,
      sinkDesk: sinkDesk({
        store: context.store,
        clock: context.clock,
        forwarder: forwarders.get,
        names: () => forwarders.statuses().map(({ name }) => name),
        check: options.operator?.checkSink,
      }),
      reload: options.operator?.reload,
      lastPosition: () => context.store.lastPosition(),
      forwarders: forwarders.statuses,
      product: productLookup(context),
      decode: createRecordDecoder(context.model, context.covered),
      metrics: createMetrics({
        view: context.view,
        size: () => context.store.size(),
        forwarders: forwarders.statuses,
        reloads: options.operator?.reloads,
      }),
      highWaterPercent: options.highWaterPercent ?? 80,
      version,
      log: context.log,
    };
    const server = createAdminServer(sources);
    return {
      async start() {
        await server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 18_080 });
        return { httpPort: (server.server.address() as AddressInfo).port };
      },
      stop: () => server.close(),
    };
  };
}

/** Devices tell 8 bytes or more of their model's hash; models are known by the first 4. */
function productLookup(context: GatewayContext) {
  return (tenant: string, modelHash: string): string | undefined =>
    context.model(tenant, modelHash.slice(0, 8))?.table.product;
}
