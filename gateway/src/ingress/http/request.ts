import type { IncomingMessage } from 'node:http';
import { parseTopic, type Topic } from '@usewire/protocol/wire';

/** `application/cbor` is RFC 8949's; the other one says which CBOR it is. */
export const MESSAGE_TYPES = ['application/cbor', 'application/vnd.usewire.pou+cbor'];

/** What a request asks for, or the status that answers it. */
export type Asked = { what: 'up' | 'dn'; topic: Topic; token: string } | { status: number; allow?: string };

/** Looks at nothing but the head: nobody's body is read before it is known who sends it. */
export function readRequest({ method, url = '', headers }: IncomingMessage, maxBodyBytes: number): Asked {
  const topic = url.startsWith('/') ? parseTopic(url.slice(1)) : null;
  if (topic === null || topic.leaf === 'st') return { status: 404 };
  const allow = topic.leaf === 'up' ? 'POST' : 'GET';
  if (method !== allow) return { status: 405, allow };
  if (topic.leaf === 'up') {
    const problem = bodyProblem(headers, maxBodyBytes);
    if (problem !== null) return { status: problem };
  }
  const token = tokenOf(headers.authorization);
  return token === null ? { status: 401 } : { what: topic.leaf, topic, token };
}

function bodyProblem(headers: IncomingMessage['headers'], maxBodyBytes: number): number | null {
  const type = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (!MESSAGE_TYPES.includes(type)) return 415;
  if (headers['content-encoding'] !== undefined) return 415;
  return Number(headers['content-length'] ?? 0) > maxBodyBytes ? 413 : null;
}

/** RFC 6750, 2.1; none at all is for gateways that ask for none. */
function tokenOf(authorization: string | undefined): string | null {
  if (authorization === undefined) return '';
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization)?.[1] ?? null;
}
