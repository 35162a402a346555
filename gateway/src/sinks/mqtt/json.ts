import { cloudEvent } from '../cloud-events.ts';
import { fittingParts, messageGroups } from '../message-groups.ts';
import { idOf, type Speech } from './publication.ts';
import { topicFor } from './topic.ts';

/** What one message of a device says of one point as a CloudEvents batch, as over HTTP and NATS. */
export function jsonSpeech(topic: string): Speech {
  return {
    greeting: () => [],
    publications: ({ records, models }, maxBytes) =>
      messageGroups(records).flatMap((group) =>
        fittingParts(group, maxBytes, (part) => {
          const payload = Buffer.from(JSON.stringify(part.map((record) => cloudEvent(record, models))));
          const made = {
            topic: topicFor(topic, part[0]!),
            payload: () => payload,
            contentType: 'application/cloudevents-batch+json; charset=utf-8',
            id: idOf(part[0]!),
          };
          return { bytes: payload.length, made };
        }),
      ),
  };
}
