import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Exchange } from './sink-fault.ts';

const DRIP_EVERY_MS = 250;

/** Ways to answer a request, good and bad. `silenceMs`: how long nothing, or only a byte now and then, comes. */
export function answersTo(
  request: IncomingMessage,
  response: ServerResponse,
  silenceMs: number,
): Pick<Exchange, 'answer' | 'drip' | 'keepSilent' | 'hangUp'> {
  const answer: Exchange['answer'] = (status, headers = {}) => {
    if (!response.destroyed) response.writeHead(status, headers).end();
  };
  return {
    answer,
    hangUp: () => void request.socket.destroy(),
    keepSilent: () => void setTimeout(() => answer(503), silenceMs).unref(),
    drip: () => drip(response, silenceMs),
  };
}

function drip(response: ServerResponse, forMs: number): void {
  response.writeHead(200);
  let left = Math.ceil(forMs / DRIP_EVERY_MS);
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0 && !response.destroyed) response.write('.');
    else {
      clearInterval(timer);
      response.end();
    }
  }, DRIP_EVERY_MS).unref();
}

/** The body as text; null when the sender went away before it had said everything. */
export async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  try {
    for await (const chunk of request) parts.push(chunk as Buffer);
  } catch {
    return null;
  }
  const body = Buffer.concat(parts);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
}
