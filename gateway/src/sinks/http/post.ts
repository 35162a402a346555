import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Agent, Dispatcher } from 'undici';
import type { SinkOutcome } from '../../domain/ports.ts';
import { problemOf, retryLater } from '../outcome.ts';
import type { Answer } from './answer.ts';

export interface PostOptions {
  /** http:// or https://, with credentials or without; redirects are not followed. */
  url: string;
  headers: Readonly<Record<string, string>>;
  gzip: boolean;
  /** For the whole attempt, from connect to the end of the answer. */
  timeoutMs: number;
  signal: AbortSignal;
}

const compress = promisify(gzip);
const MOST_TEXT_BYTES = 65_536;
const EXCERPT_LENGTH = 200;

/** One attempt. Throws what undici throws. */
export async function post(agent: Agent, content: Uint8Array, options: PostOptions): Promise<Answer> {
  const url = new URL(options.url);
  const { statusCode, headers, body } = await agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: 'POST',
    headers: {
      ...lowerCase(options.headers),
      ...authorization(url),
      ...(options.gzip ? { 'content-encoding': 'gzip' } : {}),
    },
    body: options.gzip ? await compress(content) : content,
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]),
  });
  const text = await beginning(body);
  return { status: statusCode, headers, text, excerpt: excerptOf(text) };
}

/** What an attempt that got no answer means. */
export function outcomeOfFailure(error: unknown, signal: AbortSignal, timeoutMs: number): SinkOutcome {
  if (signal.aborted) return retryLater('the gateway is stopping');
  if ((error as Error).name === 'TimeoutError') return retryLater(`no answer within ${timeoutMs} ms`);
  return retryLater(problemOf(error));
}

/** Reads to the end, so that the connection can be used again, but an answer that has none is left. */
async function beginning(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    total += (chunk as Buffer).length;
    if (total > MOST_TEXT_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The beginning, on one line, without what a terminal acts on. */
export function excerptOf(text: string): string {
  return text
    .slice(0, EXCERPT_LENGTH)
    .replace(/[^\P{C}]+|\s+/gu, ' ')
    .trim();
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function authorization(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
