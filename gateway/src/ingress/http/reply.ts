import type { ServerResponse } from 'node:http';

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  /** A CBOR sequence (RFC 8742): nothing, or one or more messages to the device. */
  messages?: Buffer;
  /** The rest of the request is not read. */
  closes?: boolean;
}

/** Seconds after which a request that was not taken may come again. */
export const RETRY_AFTER_S = 2;

export const busy = (seconds = RETRY_AFTER_S): Reply => ({
  status: 503,
  headers: { 'retry-after': String(Math.ceil(seconds)) },
  closes: true,
});

export function reply(response: ServerResponse, { status, headers, messages, closes }: Reply): void {
  if (response.headersSent || response.destroyed) return;
  // Usage data is in no cache between.
  const head: Record<string, string> = { 'cache-control': 'no-store', ...headers };
  if (closes) head.connection = 'close';
  if (messages !== undefined && messages.length > 0) head['content-type'] = 'application/cbor-seq';
  head['content-length'] = String(messages?.length ?? 0);
  response.writeHead(status, head);
  response.end(messages);
}
