import { createHmac } from 'node:crypto';

/**
 * Headers by which a receiver knows that a batch is this gateway's and is not old: Standard Webhooks 1.0, symmetric (`v1`,
 * HMAC-SHA256 over `id.timestamp.content`). The content is the JSON text before it is compressed: what a receiver's code has.
 *
 * @param secret `whsec_` and the key in base64.
 */
export function signatureHeaders(
  { id, content, secret }: { id: string; content: Uint8Array; secret: string },
  nowMs: number,
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(content).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
