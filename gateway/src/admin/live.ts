import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Scope } from '../domain/access.ts';
import { coversRecord, newErasure } from '../domain/erasure/erasure.ts';
import type { Decoded } from '../domain/forward-records.ts';
import type { DeviceId, SpoolStore, StoredMessage, Tombstone } from '../domain/ports.ts';
import { visitorOf } from './guard.ts';

export interface LiveSources {
  store: Pick<SpoolStore, 'readAfter' | 'lastPosition'>;
  decode(messages: readonly StoredMessage[]): Decoded;
  onCommit(listener: () => void): () => void;
  /** Names of a slot by the models of the device. */
  names(id: DeviceId, slot: number): readonly string[];
  isInUse(token: string): boolean;
}

const query = z.strictObject({
  tenant: z.string().max(32).optional(),
  device: z.string().max(32).optional(),
  subject: z.coerce.number().int().min(0).max(255).optional(),
  token: z.string().max(128).optional(),
});

const ROOM = { messages: 200, bytes: 262_144 };
/** A proxy ends a stream that is silent; a revoked token ends one within it. */
const BEAT_MS = 15_000;

/**
 * What a product records of a person, as it is stored: server-sent events, one record each, with the position as its id. The data is what the
 * holder has, at the same moment (Data Act, Article 4). A token of role `person` sees its own person, whatever the address says.
 */
export function livePages(server: FastifyInstance, sources: LiveSources): void {
  server.get('/api/live', (request, reply) => {
    const { tenant, device, subject = null, token = '' } = query.parse(request.query);
    const scope = visitorOf(request)?.scope ?? scopeOf(tenant, device, subject);
    if (scope === null) return reply.code(400).send({ error: 'name tenant and device' });
    const shown = request.headers.authorization?.slice('Bearer '.length) ?? token;
    reply.hijack();
    const out = reply.raw;
    out.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    out.write(': records follow\n\n');
    const wanted = wantedOf(scope, sources);
    let after = sources.store.lastPosition();
    const send = () => {
      // A reader that does not read is waited for: nothing is kept for it but its place.
      for (let more = true; more && !out.writableNeedDrain; ) {
        const messages = sources.store.readAfter(after, ROOM);
        more = messages.length > 0;
        after = messages.at(-1)?.position ?? after;
        const text = eventsOf(messages, wanted, sources);
        if (text !== '') out.write(text);
      }
    };
    const stop = sources.onCommit(send);
    out.on('drain', send);
    const beat = setInterval(() => {
      if (visitorOf(request) !== undefined && !sources.isInUse(shown)) out.end();
      else out.write(': still here\n\n');
    }, BEAT_MS);
    out.on('close', () => {
      clearInterval(beat);
      stop();
    });
    return undefined;
  });
}

function scopeOf(
  tenant: string | undefined,
  device: string | undefined,
  subject: number | null,
): Scope | null {
  return tenant === undefined || device === undefined ? null : { tenant, device, subject };
}

/** The words of an erasure: whose, whenever. */
function wantedOf(scope: Scope, { names }: LiveSources): Tombstone {
  const known = scope.subject === null ? [] : names(scope, scope.subject);
  return newErasure(
    { ...scope, by: '' },
    { id: '', names: known, nowMs: Number.MAX_SAFE_INTEGER, byDevice: false },
  );
}

function eventsOf(messages: readonly StoredMessage[], wanted: Tombstone, { decode }: LiveSources): string {
  return messages
    .filter(({ tenant, device }) => tenant === wanted.tenant && device === wanted.device)
    .map((message) => {
      const decoded = decode([message]);
      const records = decoded.ok ? decoded.records.filter((record) => coversRecord(wanted, record)) : [];
      return records
        .map((record) => `id: ${record.position}.${record.index}\ndata: ${JSON.stringify(record)}\n\n`)
        .join('');
    })
    .join('');
}
