import fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { GatewayView, Log, SpoolStore } from '../domain/ports.ts';
import { type AccountSources, accounts } from './books.ts';
import { type ConsentSources, consentPages } from './consents.ts';
import { type DeskSources, deskPages } from './desk.ts';
import { type ErasureSources, erasurePages } from './erasures.ts';
import { type GuardSources, guardPages } from './guard.ts';
import { type LiveSources, livePages } from './live.ts';
import { quarantineQuery, wholeNumber } from './query.ts';
import { readiness } from './readiness.ts';
import { type RecordSources, recordPage } from './records.ts';
import { type ReloadPageSources, reloadPage } from './reload.ts';
import { type SinkPageSources, sinkPages } from './sinks.ts';
import { deviceList, type StatusSources, status } from './status.ts';

export interface AdminSources
  extends SinkPageSources,
    ReloadPageSources,
    StatusSources,
    RecordSources,
    DeskSources,
    AccountSources,
    ErasureSources,
    GuardSources,
    LiveSources,
    ConsentSources {
  store: AccountSources['store'] & LiveSources['store'] & Pick<SpoolStore, 'audit'>;
  view: GatewayView;
  lastPosition(): number;
  quarantine: GatewayView['quarantine'];
  metrics: Registry;
  log: Log;
  highWaterPercent: number;
  version: string;
}

const recordsQuery = z.strictObject({
  /** A position, or `end` for only what is new. */
  after: z.union([z.literal('end'), wholeNumber(0, Number.MAX_SAFE_INTEGER)]).default(0),
  limit: wholeNumber(1_000, 10_000),
});

/** Pages for operators and for `usewire`; listens on loopback unless told otherwise. */
export function createAdminServer(sources: AdminSources): FastifyInstance {
  const server = fastify({ logger: false, forceCloseConnections: true });
  guardPages(server, sources);
  healthPages(server, sources);
  apiPages(server, sources);
  deskPages(server, sources);
  erasurePages(server, sources);
  consentPages(server, sources);
  sinkPages(server, sources);
  reloadPage(server, sources);
  livePages(server, sources);
  server.get('/api/audit', () => sources.store.audit());
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: 'there is no such page', pages: PAGES }),
  );
  server.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal) return reply.code(refusal.status).send({ error: refusal.message });
    sources.log.error('admin.fault', { page: request.url, problem: String(error) });
    return reply.code(500).send({ error: 'the gateway could not answer; its log says why' });
  });
  return server;
}

/** What the one who asked did wrong; undefined when the fault is the gateway's. */
function refusalOf(error: unknown): { status: number; message: string } | undefined {
  if (error instanceof z.ZodError) return { status: 400, message: z.prettifyError(error) };
  // Of fastify: an address that is none, a body that is not what its head says.
  const { statusCode, message } = error as { statusCode?: number; message: string };
  return statusCode !== undefined && statusCode < 500 ? { status: statusCode, message } : undefined;
}

const PAGES = [
  '/healthz',
  '/readyz',
  '/metrics',
  '/version',
  '/api/status',
  '/api/books',
  '/api/devices',
  '/api/records',
  '/api/quarantine',
  '/api/quarantine/replay',
  '/api/quarantine/drop',
  '/api/erasures',
  '/api/live',
  '/api/audit',
  '/api/consents',
  '/api/consents/history',
  '/api/consents/verify',
  '/api/consents/signal',
  '/api/sinks',
  '/api/reload',
];

function healthPages(server: FastifyInstance, sources: AdminSources): void {
  const { view, metrics, highWaterPercent, version } = sources;
  server.get('/healthz', () => ({ alive: true }));
  server.get('/readyz', (_request, reply) => {
    const state = readiness(view, sources.size(), highWaterPercent);
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
  server.get('/version', () => ({ version, node: process.version }));
}

function apiPages(server: FastifyInstance, sources: AdminSources): void {
  server.get('/api/status', () => status(sources));
  server.get('/api/books', () => accounts(sources));
  server.get('/api/devices', () => deviceList(sources));
  server.get('/api/records', (request, reply) => {
    const { after, limit } = recordsQuery.parse(request.query);
    const page = recordPage(sources, after === 'end' ? sources.lastPosition() : after, limit);
    return reply.type('application/x-ndjson').header('x-next-after', page.next).send(page.text);
  });
  server.get('/api/quarantine', (request) =>
    sources
      .quarantine(quarantineQuery.parse(request.query))
      .map((entry) => ({ ...entry, payload: Buffer.from(entry.payload).toString('hex') })),
  );
}
