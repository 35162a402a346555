import { Agent } from 'undici';
import type { Clock, Sink, SinkOutcome } from '../domain/ports.ts';
import { HTTP_DEFAULTS, SINK_TRAITS } from '../domain/sink-defaults.ts';
import { systemClock } from '../system.ts';
import { cloudEvents } from './cloud-events.ts';
import { eraseEvent } from './erase-event.ts';
import { erased, eraseLater } from './erase-outcome.ts';
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
  async function send({ key, events }: Post, signal: AbortSignal): Promise<SinkOutcome> {
    if (closed) return retryLater('the sink is closed');
    const content = Buffer.from(JSON.stringify(events));
    const headers = headersOf(key, content, { ...options, nowMs: clock.nowMs() });
    try {
      return outcomeOf(await post(agent, content, { ...options, headers, signal }), clock.nowMs());
    } catch (error) {
      return outcomeOfFailure(error, signal, options.timeoutMs);
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
