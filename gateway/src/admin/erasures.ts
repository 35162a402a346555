import { isId } from '@usewire/protocol/wire';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Erasures } from '../erasures.ts';
import { fromHere } from './from-here.ts';

export interface ErasureSources {
  erasures: Erasures;
}

const name = z.string().refine(isId, 'is no name of a tenant or device');
const time = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const eraseBody = z
  .strictObject({
    tenant: name,
    device: name,
    /** Slot number, or its name in the model; absent = everybody. */
    subject: z.union([z.number().int().min(0).max(255), z.string().min(1).max(64)]).optional(),
    fromMs: time.optional(),
    toMs: time.optional(),
    by: z.string().min(1).max(64),
    dryRun: z.boolean().default(false),
  })
  .refine(({ fromMs = 0, toMs = Number.MAX_SAFE_INTEGER }) => fromMs <= toMs, 'fromMs is after toMs');

/** Requests to erase, and how far they are. */
export function erasurePages(server: FastifyInstance, { erasures }: ErasureSources): void {
  server.get('/api/erasures', () => erasures.list());
  server.get('/api/erasures/:id', (request, reply) => {
    const { id } = request.params as { id: string };
    return erasures.find(id) ?? reply.code(404).send({ error: `no request to erase has the id ${id}` });
  });
  server.post('/api/erasures', { preHandler: fromHere }, async (request, reply) => {
    const { dryRun, subject: asked, ...rest } = eraseBody.parse(request.body);
    const subject = erasures.slot(rest, asked);
    if (subject === undefined)
      return reply
        .code(400)
        .send({ error: `no model of ${rest.tenant}.${rest.device} has a subject "${asked}"` });
    return dryRun ? erasures.plan({ ...rest, subject }) : erasures.ask({ ...rest, subject });
  });
}
