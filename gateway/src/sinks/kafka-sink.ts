import type { Sink, SinkBatch, SinkOutcome, Tombstone } from '../domain/ports.ts';
import { KAFKA_DEFAULTS } from '../domain/sink-defaults.ts';
import { TOLD } from './erase-event.ts';
import { erased, eraseLater } from './erase-outcome.ts';
import { alreadyThere } from './kafka/already-there.ts';
import { type KafkaSettings, type KafkaSinkOptions, type Link, openLink, partitionOf } from './kafka/link.ts';
import { eraseMessage, messagesOf, portions } from './kafka/messages.ts';
import { outcomeOf } from './kafka/outcome-of.ts';
import { accepted, retryLater } from './outcome.ts';

export type { KafkaSinkOptions } from './kafka/link.ts';

/**
 * One Kafka message a record (CloudEvents, binary mode), keyed by tenant and device, `acks=all`, idempotent. What comes twice from
 * this gateway is in the topic once, also when the connection broke in the middle.
 */
export function createKafkaSink(given: KafkaSinkOptions): Sink {
  const options: KafkaSettings = { ...KAFKA_DEFAULTS, ...given };
  let clients: { close(): unknown }[] = [];
  let link: Link | null = null;
  let closed = false;
  const forget = () => {
    for (const client of clients) void Promise.resolve(client.close()).catch(() => {});
    clients = [];
    link = null;
  };
  const attempt = async (send: (link: Link) => Promise<void>): Promise<SinkOutcome> => {
    link ??= await openLink(options, (client) => clients.push(client));
    await send(link);
    return accepted;
  };
  const inTime = async (send: (link: Link) => Promise<void>, signal: AbortSignal): Promise<SinkOutcome> => {
    if (closed) return retryLater('the sink is closed');
    const outcome = await within(attempt(send), options.timeoutMs, signal);
    // What the brokers have of this is not known: the next attempt looks.
    if (outcome.kind !== 'accepted') forget();
    return outcome;
  };
  return {
    name: options.name,
    deliver: (batch, signal) => inTime((open) => sendBatch(open, options.topic, batch), signal),
    async erase(tombstone, signal) {
      const outcome = await inTime((open) => sendTombstone(open, options.topic, tombstone), signal);
      return outcome.kind === 'accepted' ? erased(null, TOLD) : eraseLater(outcome);
    },
    async close() {
      closed = true;
      forget();
    },
  };
}

/** Of one request to one partition. */
const PORTION_BYTES = 524_288;

async function sendBatch(link: Link, topic: string, batch: SinkBatch): Promise<void> {
  const { partitionsCount } = link.metadata;
  let messages = messagesOf(batch, topic, (key) => partitionOf(key, partitionsCount));
  if (link.sentUpTo === null || batch.firstPosition <= link.sentUpTo) {
    const receivedAtMs = Math.min(...batch.records.map((record) => record.receivedAtMs));
    const there = await alreadyThere({ ...link, topic }, messages, receivedAtMs);
    messages = messages.filter(({ identity }) => !there.has(identity));
  }
  for (const portion of portions(messages, PORTION_BYTES)) await link.producer.send({ messages: portion });
  link.sentUpTo = batch.lastPosition;
}

/** In the partition of the device, behind what it erases. It may come twice, under one id. */
async function sendTombstone(link: Link, topic: string, tombstone: Tombstone): Promise<void> {
  const { partitionsCount } = link.metadata;
  const message = eraseMessage(tombstone, topic, (key) => partitionOf(key, partitionsCount));
  await link.producer.send({ messages: [message] });
}

/** The client has requests that nothing ends: the time of an attempt is held here. */
async function within(
  attempt: Promise<SinkOutcome>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<SinkOutcome> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let stop = () => {};
  const stopped = new Promise<SinkOutcome>((resolve) => {
    stop = () =>
      resolve(retryLater(signal.aborted ? 'the gateway is stopping' : `no answer within ${timeoutMs} ms`));
  });
  if (limit.aborted) stop();
  limit.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([stopped, attempt.catch(outcomeOf)]);
  } finally {
    limit.removeEventListener('abort', stop);
  }
}
