import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isOpen, mayVisit, type Visitor } from '../domain/access.ts';

export interface GuardSources {
  /** Absent: no tokens are kept, everybody who reaches the port is let in. */
  access?: { isLocked(): boolean; visitor(token: string): Visitor | null } | undefined;
}

const visitors = new WeakMap<FastifyRequest, Visitor>();

/** Who asks; undefined where no tokens are in use. */
export function visitorOf(request: FastifyRequest): Visitor | undefined {
  return visitors.get(request);
}

/** Once there is a token, each page asks for one whose role may see it. What is done is done in the name of the token. */
export function guardPages(server: FastifyInstance, { access }: GuardSources): void {
  server.addHook('preHandler', async (request, reply) => {
    const path = request.url.split('?')[0]!;
    if (access === undefined || isOpen(path) || !access.isLocked()) return;
    const visitor = access.visitor(bearer(request));
    if (visitor === null)
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: 'show a token that is in use: usewire token add' });
    if (!mayVisit(visitor.role, request.method, path))
      return reply.code(403).send({ error: `the role ${visitor.role} may not see this page` });
    visitors.set(request, visitor);
    const { body } = request;
    if (typeof body === 'object' && body !== null && 'by' in body)
      request.body = { ...body, by: `${visitor.name} (${visitor.role})`.slice(0, 64) };
    return undefined;
  });
}

/** A person's browser cannot add a header to an event stream; its token may stand in the address, which no log of ours keeps. */
function bearer(request: FastifyRequest): string {
  const { authorization = '' } = request.headers;
  const { token } = request.query as { token?: unknown };
  if (authorization.startsWith('Bearer ')) return authorization.slice('Bearer '.length);
  return typeof token === 'string' && request.url.startsWith('/api/live?') ? token : '';
}
