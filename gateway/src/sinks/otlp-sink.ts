import { Agent } from 'undici';
import type { Clock, Sink, SinkBatch, SinkOutcome } from '../domain/ports.ts';
import { HTTP_DEFAULTS } from '../domain/sink-defaults.ts';
import { systemClock } from '../system.ts';
import { outcomeOfFailure, post } from './http/post.ts';
import { logsRequest } from './otlp/logs.ts';
import { isMetric, metricsRequest } from './otlp/metrics.ts';
import { outcomeOf } from './otlp/outcome-of.ts';
import { accepted, retryLater } from './outcome.ts';

export interface OtlpSinkOptions {
  name: string;
  /** Without `/v1/metrics` and `/v1/logs`: http://127.0.0.1:4318 */
  url: string;
  /** Default none. */
  headers?: Readonly<Record<string, string>>;
  /** Default true. */
  gzip?: boolean;
  /** For each of the two requests. Default 10,000. */
  timeoutMs?: number;
}

interface Part {
  path: string;
  content: Uint8Array;
}

/**
 * OpenTelemetry's OTLP/HTTP in JSON: numbers over time as metrics, everything else as log records. A batch is a request for each; when the second
 * fails, the first is not sent again by this process.
 */
export function createOtlpSink(given: OtlpSinkOptions, clock: Clock = systemClock): Sink {
  const options = { ...HTTP_DEFAULTS, ...given };
  const agent = new Agent({ connections: 1, pipelining: 1, connect: { timeout: options.timeoutMs } });
  const headers = { ...options.headers, 'content-type': 'application/json' };
  let closed: Promise<void> | null = null;
  let taken = { key: '', paths: new Set<string>() };
  const send = async ({ path, content }: Part, signal: AbortSignal): Promise<SinkOutcome> => {
    try {
      const url = addressOf(options.url, path);
      return outcomeOf(await post(agent, content, { ...options, url, headers, signal }), clock.nowMs());
    } catch (error) {
      return outcomeOfFailure(error, signal, options.timeoutMs);
    }
  };
  return {
    name: options.name,
    async deliver(batch, signal) {
      if (closed) return retryLater('the sink is closed');
      if (taken.key !== batch.key) taken = { key: batch.key, paths: new Set() };
      const answers: string[] = [];
      for (const part of partsOf(batch).filter(({ path }) => !taken.paths.has(path))) {
        const outcome = await send(part, signal);
        if (outcome.kind !== 'accepted') return outcome;
        taken.paths.add(part.path);
        if (outcome.answer !== undefined) answers.push(outcome.answer);
      }
      return answers.length === 0 ? accepted : { kind: 'accepted', answer: answers.join('; ') };
    },
    close() {
      closed ??= agent.destroy().catch(() => {});
      return closed;
    },
  };
}

function partsOf({ records, models }: SinkBatch): Part[] {
  const metrics = records.filter(isMetric);
  const logs = records.filter((record) => !isMetric(record));
  return [
    ...(metrics.length > 0
      ? [{ path: '/v1/metrics', content: jsonOf(metricsRequest(metrics, models)) }]
      : []),
    ...(logs.length > 0 ? [{ path: '/v1/logs', content: jsonOf(logsRequest(logs, models)) }] : []),
  ];
}

function jsonOf(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function addressOf(base: string, path: string): string {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/$/, '') + path;
  return url.href;
}
