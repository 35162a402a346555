import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { request } from 'undici';
import type { SinkConfig } from '../../config/schema.ts';
import { readCheckpoint } from '../../sinks/jsonl/checkpoint.ts';
import { problemWithKafka } from '../../sinks/kafka/check.ts';
import { problemWithBroker } from '../../sinks/mqtt/check.ts';
import { problemWithNats } from '../../sinks/nats/check.ts';
import { problemOf } from '../../sinks/outcome.ts';
import { stagingOf } from '../../sinks/parquet-sink.ts';
import { problemWithServer } from '../../sinks/postgres/check.ts';
import { problemWithBucket } from '../../sinks/s3/check.ts';
import { whyNotWritable } from './check-folder.ts';
import { damageIn } from './check-store.ts';
import type { Finding, Patient } from './finding.ts';

const ANSWER_MS = 5_000;

/** Whether each sink would take something now. Nothing is sent to any. */
export async function checkSinks({ config }: Patient): Promise<Finding[]> {
  return Promise.all(
    config.sinks.map(async (sink): Promise<Finding> => {
      const check = `sink ${sink.name}`;
      const problem = await problemWith(sink);
      if (problem === null) return { check, level: 'ok', says: wordsFor(sink) };
      const todo = 'What it has not taken yet waits in the spool and is delivered when it answers again.';
      return { check, level: 'problem', says: problem, todo };
    }),
  );
}

/** Why a sink would take nothing now; null = nothing is known to be wrong. */
export function problemWith(sink: SinkConfig): Promise<string | null> | string | null {
  switch (sink.type) {
    case 'sqlite':
      return problemWithDatabase(sink.file);
    case 'jsonl':
      return problemWithFiles(sink.directory);
    case 'parquet':
      return problemWithFiles(sink.directory, stagingOf(sink.directory));
    case 'http':
      return problemWithAddress(sink.url, sink.headers);
    case 'postgres':
      return problemWithPostgres(sink);
    case 'nats':
      return problemWithStream(sink);
    case 'otlp':
      return problemWithAddress(sink.url, sink.headers);
    case 'mqtt':
      return problemWithTopics(sink);
    case 's3':
      return problemWithObjects(sink);
    case 'kafka':
      return problemWithTopic(sink);
  }
}

function wordsFor(sink: SinkConfig): string {
  switch (sink.type) {
    case 'sqlite':
      return `${sink.file} can be written and is whole.`;
    case 'jsonl':
    case 'parquet':
      return `${sink.directory} can be written.`;
    case 'http':
    case 'otlp':
      return `${hostOf(sink.url)} answers.`;
    case 'postgres':
      return `${hostOf(sink.url)} takes tables in schema "${sink.schema}".`;
    case 'mqtt':
      return `${hostOf(sink.url)} lets the gateway in.`;
    case 's3':
      return `${sink.endpoint ?? sink.region} has bucket "${sink.bucket}"; ${sink.stagingDirectory} can be written.`;
    case 'kafka':
      return `${sink.brokers.join(', ')} has topic "${sink.topic}".`;
    case 'nats':
      return `${sink.servers.join(', ')} has stream "${sink.stream}"${sink.createStream ? ', or it will be made' : ''}.`;
  }
}

function problemWithDatabase(file: string): string | null {
  const closed = firstClosed(file, dirname(file));
  if (closed !== null || !existsSync(file)) return closed;
  const found = damageIn(file);
  return found === null ? null : `${file} is damaged (${found}).`;
}

async function problemWithFiles(directory: string, checkpoints = directory): Promise<string | null> {
  const closed = firstClosed(directory, dirname(directory));
  if (closed !== null || !existsSync(checkpoints)) return closed;
  return readCheckpoint(checkpoints).then(
    () => null,
    (error) => `${problemOf(error)}.`,
  );
}

/** The file or folder itself, or where it will be made. */
function firstClosed(path: string, parent: string): string | null {
  const target = existsSync(path) ? path : parent;
  if (!existsSync(target)) return null;
  const code = whyNotWritable(target);
  return code === null ? null : `This user may not write ${target} (${code}).`;
}

/** Any answer is one: what it says to a question without a batch tells nothing about a batch. */
async function problemWithAddress(url: string, headers: Record<string, string>): Promise<string | null> {
  const limits = { headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS };
  try {
    const answer = await request(url, {
      method: 'HEAD',
      headers,
      ...limits,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await answer.body.dump();
    return null;
  } catch (error) {
    return `${hostOf(url)} does not answer (${problemOf(error)}).`;
  }
}

async function problemWithPostgres(sink: Extract<SinkConfig, { type: 'postgres' }>): Promise<string | null> {
  try {
    const problem = await problemWithServer({ ...sink, timeoutMs: ANSWER_MS });
    return problem === null ? null : `${hostOf(sink.url)} ${problem}.`;
  } catch (error) {
    return `${hostOf(sink.url)} does not let the gateway in (${problemOf(error)}).`;
  }
}

async function problemWithStream(sink: Extract<SinkConfig, { type: 'nats' }>): Promise<string | null> {
  try {
    const problem = await problemWithNats({ ...sink, timeoutMs: ANSWER_MS });
    return problem === null ? null : `${sink.servers.join(', ')}: ${problem}.`;
  } catch (error) {
    return `${sink.servers.join(', ')}: ${problemOf(error)}.`;
  }
}

async function problemWithTopic(sink: Extract<SinkConfig, { type: 'kafka' }>): Promise<string | null> {
  const problem = await problemWithKafka({ ...sink, timeoutMs: ANSWER_MS });
  return problem === null ? null : `${sink.brokers.join(', ')}: ${problem}.`;
}

async function problemWithTopics(sink: Extract<SinkConfig, { type: 'mqtt' }>): Promise<string | null> {
  const problem = await problemWithBroker({ ...sink, timeoutMs: ANSWER_MS });
  return problem === null ? null : `${hostOf(sink.url)} does not let the gateway in (${problem}).`;
}

async function problemWithObjects(sink: Extract<SinkConfig, { type: 's3' }>): Promise<string | null> {
  const staging = await problemWithFiles(sink.stagingDirectory);
  if (staging !== null) return staging;
  const problem = await problemWithBucket({ ...sink, timeoutMs: ANSWER_MS });
  return problem === null ? null : `${sink.endpoint ?? sink.region}: ${problem}.`;
}

/** Without what may be secret in the address. */
function hostOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
