import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { SinkAnswer, SinkDesk } from '../sink-desk.ts';
import { fromHere } from './from-here.ts';

export interface SinkPageSources {
  sinkDesk: SinkDesk;
}

const by = z.string().min(1).max(64);
const changeBody = z.strictObject({ by });
const rewindBody = z.strictObject({
  by,
  toPosition: z.int().min(0).optional(),
  sinceMs: z.number().min(0).optional(),
  dryRun: z.boolean(),
});

/** `/api/sinks`, and what can be done with each. */
export function sinkPages(server: FastifyInstance, { sinkDesk }: SinkPageSources): void {
  const at = (what: string) => `/api/sinks/:name/${what}`;
  const post = (what: string, act: (name: string, body: unknown) => Promise<SinkAnswer<object>>) =>
    server.post<{ Params: { name: string } }>(at(what), { preHandler: fromHere }, async (request, reply) =>
      told(reply, await act(request.params.name, request.body)),
    );
  server.get('/api/sinks', () => sinkDesk.list());
  post('test', (name) => sinkDesk.test(name));
  post('pause', (name, body) => sinkDesk.pause(name, changeBody.parse(body).by));
  post('resume', (name, body) => sinkDesk.resume(name, changeBody.parse(body).by));
  post('rewind', (name, body) => sinkDesk.rewind(name, rewindBody.parse(body)));
}

function told(reply: FastifyReply, answer: SinkAnswer<object>) {
  return answer.ok ? answer.answer : reply.code(409).send({ error: answer.problem });
}
