import type { IncomingMessage } from 'node:http';
import type { Reply } from './reply.ts';

/** Headers for a web page of an origin that may post (Fetch standard, CORS protocol); nothing for every other one. */
export function originHeaders(
  allowed: readonly string[],
  { headers }: Pick<IncomingMessage, 'headers'>,
): Record<string, string> {
  const { origin } = headers;
  if (allowed.length === 0) return {};
  // What is answered depends on it, also where it is not allowed.
  const vary = { vary: 'Origin' };
  if (origin === undefined || !allowed.includes(origin)) return vary;
  return { ...vary, 'access-control-allow-origin': origin, 'access-control-expose-headers': 'Retry-After' };
}

/** A browser asks before it posts CBOR with a token. */
export function preflight(headers: Record<string, string>): Reply {
  if (headers['access-control-allow-origin'] === undefined) return { status: 403, closes: true };
  const allow = {
    'access-control-allow-methods': 'POST, GET',
    'access-control-allow-headers': 'Authorization, Content-Type',
    'access-control-max-age': '7200',
  };
  return { status: 204, headers: allow };
}
