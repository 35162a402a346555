import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * A page that a person visits can make their browser post to this port. It cannot add a header without asking first, which nobody
 * answers; and with a name of its own that it points here (DNS rebinding), it comes under that name.
 */
export async function fromHere(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const host = request.hostname.replace(/^\[|\]$/g, '');
  const isNamed = host !== 'localhost' && isIP(host) === 0;
  if (request.headers['x-usewire'] === undefined || isNamed) {
    await reply.code(403).send({
      error:
        'changes are taken with the header x-usewire, addressed to localhost or an IP address, not a name',
    });
  }
}
