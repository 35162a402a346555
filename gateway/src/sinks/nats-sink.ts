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

/** How far back a device is looked for that comes with old messages; longer away, and consumers have to know a record that they have. */
const LOOK_BACK_MS = 7 * 86_400_000;
/** Acknowledgements that may be outstanding. */
const IN_FLIGHT = 256;

async function publishBatch(
  link: Link,
  { subjectPrefix, stream }: NatsSettings,
  batch: SinkBatch,
): Promise<void> {
  let publications = publicationsOf(batch, subjectPrefix, link.maxBytes);
  const doubtful = publications.filter((publication) => isDoubtful(link, batch, publication));
  if (doubtful.length > 0) {
    const oldestMs = doubtful.reduce((least, publication) => Math.min(least, publication.sinceMs), Infinity);
    // A clock that is years behind must not make each batch read years.
    const sinceMs = Math.max(oldestMs, Date.now() - LOOK_BACK_MS);
    const there = await alreadyThere({ ...link, stream }, doubtful, sinceMs);
    publications = publications.filter(({ id }) => !there.has(id));
  }
  for (let at = 0; at < publications.length; at += IN_FLIGHT) {
    const portion = publications.slice(at, at + IN_FLIGHT);
    await Promise.all(portion.map((publication) => publish(link.client, stream, publication)));
  }
  link.sentUpTo = batch.lastPosition;
}

/**
 * Whether the stream may have it although it does not know its id any more: a batch that broke on the connection before, or a message that is
 * older than the window of ids. A device may have sent that to another gateway, long ago, and have had no answer.
 */
function isDoubtful(link: Link, { firstPosition }: SinkBatch, { sinceMs }: Publication): boolean {
  if (link.sentUpTo === null || firstPosition <= link.sentUpTo) return true;
  return Date.now() - sinceMs > link.duplicateWindowMs / 2;
}

async function publish(
  client: JetStreamClient,
  stream: string,
  publication: Pick<Publication, 'subject' | 'id' | 'payload'>,
): Promise<void> {
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
