import type { FastifyInstance } from 'fastify';
import type { ReloadReport } from '../reload.ts';
import { fromHere } from './from-here.ts';

export interface ReloadPageSources {
  /** Absent where there is no configuration to read again. */
  reload?: (() => Promise<ReloadReport>) | undefined;
}

export function reloadPage(server: FastifyInstance, { reload }: ReloadPageSources): void {
  server.post('/api/reload', { preHandler: fromHere }, async (_request, reply) => {
    if (reload === undefined)
      return reply.code(409).send({ error: 'this gateway has no configuration file to read again' });
    return reload();
  });
}
