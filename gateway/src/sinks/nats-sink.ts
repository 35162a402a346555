import type { JetStreamClient } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import type { Sink, SinkBatch, SinkOutcome } from '../domain/ports.ts';
import { NATS_DEFAULTS } from '../domain/sink-defaults.ts';
import { TOLD } from './erase-event.ts';
import { erased, eraseLater } from './erase-outcome.ts';
import { alreadyThere } from './nats/already-there.ts';
import { type Link, type NatsSettings, type NatsSinkOptions, openLink } from './nats/link.ts';
import { outcomeOf } from './nats/outcome-of.ts';
import { erasePublication, type Publication, publicationsOf } from './nats/publications.ts';
import { accepted, retryLater } from './outcome.ts';

export type { NatsSinkOptions } from './nats/link.ts';

/**
 * JetStream: one message for what one message of a device says of one point, a CloudEvents batch, under
 * `<prefix>.<tenant>.<device>.<product>.<point>`. Accepted when the stream has acknowledged all of a batch. `Nats-Msg-Id` is the
 * identity of its first record, so that what comes twice, from any gateway, is in the stream once.
 */
export function createNatsSink(given: NatsSinkOptions): Sink {
  const options: NatsSettings = { ...NATS_DEFAULTS, ...given };
  let link: Link | null = null;
  let closed = false;
  const forget = () => {
    void link?.connection.close().catch(() => {});
    link = null;
  };
  const attempt = async (signal: AbortSignal, send: (link: Link) => Promise<void>): Promise<SinkOutcome> => {
    if (closed) return retryLater('the sink is closed');
    if (signal.aborted) return retryLater('the gateway is stopping');
    signal.addEventListener('abort', forget, { once: true });
    try {
      link ??= await orAborted(openLink(options), signal);
      await send(link);
      return accepted;
    } catch (error) {
      // What the stream has of this is not known: the next attempt looks.
      forget();
      return outcomeOf(error, signal);
    } finally {
      signal.removeEventListener('abort', forget);
    }
  };
  return {
    name: options.name,
    deliver: (batch, signal) => attempt(signal, (open) => publishBatch(open, options, batch)),
    async erase(tombstone, signal) {
      const publication = erasePublication(tombstone, options.subjectPrefix);
      const outcome = await attempt(signal, ({ client }) => publish(client, options.stream, publication));
      return outcome.kind === 'accepted' ? erased(null, TOLD) : eraseLater(outcome);
    },
    async close() {
      closed = true;
      forget();
    },
  };
}

/** Acknowledgements that may be outstanding. */
const IN_FLIGHT = 256;

async function publishBatch(
  link: Link,
  { subjectPrefix, stream }: NatsSettings,
  batch: SinkBatch,
): Promise<void> {
  let publications = publicationsOf(batch, subjectPrefix, link.maxBytes);
  if (link.sentUpTo === null || batch.firstPosition <= link.sentUpTo) {
    const receivedAtMs = Math.min(...batch.records.map((record) => record.receivedAtMs));
    const there = await alreadyThere({ ...link, stream }, publications, receivedAtMs);
    publications = publications.filter(({ id }) => !there.has(id));
  }
  for (let at = 0; at < publications.length; at += IN_FLIGHT) {
    const portion = publications.slice(at, at + IN_FLIGHT);
    await Promise.all(portion.map((publication) => publish(link.client, stream, publication)));
  }
  link.sentUpTo = batch.lastPosition;
}

async function publish(client: JetStreamClient, stream: string, publication: Publication): Promise<void> {
  const head = headers();
  head.set('Content-Type', 'application/cloudevents-batch+json; charset=utf-8');
  await client.publish(publication.subject, publication.payload, {
    msgID: publication.id,
    headers: head,
    expect: { streamName: stream },
  });
}

/** A connection that is being made cannot be given up: it is closed when it has come. */
async function orAborted(opening: Promise<Link>, signal: AbortSignal): Promise<Link> {
  let stop = () => {};
  const aborted = new Promise<null>((resolve) => {
    stop = () => resolve(null);
  });
  signal.addEventListener('abort', stop, { once: true });
  const link = await Promise.race([opening, aborted]).finally(() =>
    signal.removeEventListener('abort', stop),
  );
  if (link !== null) return link;
  void opening.then(({ connection }) => connection.close()).catch(() => {});
  throw new Error('aborted');
}
