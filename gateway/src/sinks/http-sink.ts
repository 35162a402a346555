import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';
import type { Clock, Sink, SinkOutcome } from '../domain/ports.ts';
import { HTTP_DEFAULTS, SINK_TRAITS } from '../domain/sink-defaults.ts';
import { systemClock } from '../system.ts';
import { cloudEvents } from './cloud-events.ts';
import { eraseEvent } from './erase-event.ts';
import { erased, eraseLater } from './erase-outcome.ts';
import { type Answer, outcomeOf } from './http/answer.ts';
import { Agent } from 'undici';
import type { Clock, Sink } from '../domain/ports.ts';
import { HTTP_DEFAULTS, SINK_TRAITS } from '../domain/sink-defaults.ts';
import { systemClock } from '../system.ts';
import { cloudEvents } from './cloud-events.ts';
import { outcomeOf } from './http/answer.ts';
import { outcomeOfFailure, post } from './http/post.ts';
import { signatureHeaders } from './http/signature.ts';
import { retryLater } from './outcome.ts';

export interface HttpSinkOptions {
  name: string;
  /** http:// or https://; redirects are not followed. */
  url: string;
  /** Default none. */
  headers?: Readonly<Record<string, string>>;
  /** Default true. */
  gzip?: boolean;
  /** `whsec_` and a key in base64: each batch is signed (Standard Webhooks). Default none. */
  signingSecret?: string | undefined;
  /** For the whole attempt, from connect to the end of the answer. Default 10,000. */
  timeoutMs?: number;
}

type HttpSettings = HttpSinkOptions & typeof HTTP_DEFAULTS;

/** Posts each batch as one CloudEvents batch. A receiver that remembers `Idempotency-Key` takes a batch once. */
export function createHttpSink(given: HttpSinkOptions, clock: Clock = systemClock): Sink {
  const options: HttpSettings = { ...HTTP_DEFAULTS, ...given };
  const connections = SINK_TRAITS.http.maxConcurrent;
  const agent = new Agent({ connections, pipelining: 1, connect: { timeout: options.timeoutMs } });
  let closed: Promise<void> | null = null;
  async function send(post: Post, signal: AbortSignal): Promise<SinkOutcome> {
    if (closed) return retryLater('the sink is closed');
    try {
      const answer = await sendPost(agent, post, { ...options, signal, nowMs: clock.nowMs() });
      return outcomeOf(answer, clock.nowMs());
    } catch (error) {
      return failure(error, signal, options.timeoutMs);
    }
  }
  return {
    name: options.name,
    traits: SINK_TRAITS.http,
    deliver: (batch, signal) => send({ key: batch.key, events: cloudEvents(batch) }, signal),
    async erase(tombstone, signal) {
      const event = eraseEvent(tombstone);
      const outcome = await send({ key: event.id, events: [event] }, signal);
      return outcome.kind === 'accepted' ? erased(null, outcome.answer ?? '') : eraseLater(outcome);
    async deliver(batch, signal) {
      if (closed) return retryLater('the sink is closed');
      const content = Buffer.from(JSON.stringify(cloudEvents(batch)));
      const headers = headersOf(batch.key, content, { ...options, nowMs: clock.nowMs() });
      try {
        return outcomeOf(await post(agent, content, { ...options, headers, signal }), clock.nowMs());
      } catch (error) {
        return outcomeOfFailure(error, signal, options.timeoutMs);
      }
    },
    close() {
      closed ??= agent.destroy().catch(() => {});
      return closed;
    },
  };
}

interface Post {
  key: string;
  events: readonly object[];
}

async function sendPost(
  agent: Agent,
  { key, events }: Post,
  options: HttpSettings & { signal: AbortSignal; nowMs: number },
): Promise<Answer> {
  const url = new URL(options.url);
  const json = Buffer.from(JSON.stringify(events));
  const { statusCode, headers, body } = await agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: 'POST',
    headers: {
      ...lowerCase(options.headers),
      ...authorization(url),
      'content-type': 'application/cloudevents-batch+json; charset=utf-8',
      'idempotency-key': key,
      ...(options.gzip ? { 'content-encoding': 'gzip' } : {}),
      ...signature(key, json, options),
    },
    body: options.gzip ? await compress(json) : json,
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]),
  });
  return { status: statusCode, headers, excerpt: await beginning(body) };
}

function signature(
function headersOf(
  id: string,
  content: Uint8Array,
  { headers, signingSecret, nowMs }: HttpSettings & { nowMs: number },
): Record<string, string> {
  return {
    ...headers,
    'content-type': 'application/cloudevents-batch+json; charset=utf-8',
    'idempotency-key': id,
    ...(signingSecret === undefined ? {} : signatureHeaders({ id, content, secret: signingSecret }, nowMs)),
  };
}
