import type { IncomingMessage } from 'node:http';

export type Body = { ok: true; bytes: Buffer } | { ok: false; reason: 'too-large' | 'broken-off' };

/** All of it, bounded; a length that is not told is counted as it comes. How slowly it may come is the server's to hold. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        request.pause();
        resolve({ ok: false, reason: 'too-large' });
      } else chunks.push(chunk);
    });
    request.once('end', () => resolve({ ok: true, bytes: Buffer.concat(chunks) }));
    request.once('close', () => resolve({ ok: false, reason: 'broken-off' }));
  });
}
