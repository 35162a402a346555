import { fromHex } from '@usewire/protocol/wire';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { QuarantineDesk } from '../domain/quarantine-desk.ts';
import { fromHere } from './from-here.ts';
import { quarantineFilter } from './query.ts';

export interface DeskSources {
  desk: QuarantineDesk;
}

const MOST = 1_000_000;
const common = {
  filter: quarantineFilter.prefault({}),
  by: z.string().min(1).max(64),
  limit: z.number().int().min(1).max(MOST),
};
const dropBody = z.strictObject(common);
const replayBody = z.strictObject({
  ...common,
  dryRun: z.boolean(),
  /** Hex of the canonical bytes of a model. */
  model: z.string().max(262_144).optional(),
});

/** The pages that change something. */
export function deskPages(server: FastifyInstance, { desk }: DeskSources): void {
  server.post('/api/quarantine/replay', { preHandler: fromHere }, async (request, reply) => {
    const { model, ...asked } = replayBody.parse(request.body);
    const bytes = model === undefined ? undefined : fromHex(model);
    if (bytes === null) return reply.code(400).send({ error: 'model is not given as hex digits' });
    const answer = await desk.replay({ ...asked, model: bytes });
    return answer.ok ? answer.report : reply.code(400).send({ error: answer.problem });
  });
  server.post('/api/quarantine/drop', { preHandler: fromHere }, (request) =>
    desk.drop(dropBody.parse(request.body)),
  );
}
