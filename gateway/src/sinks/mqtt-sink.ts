import { randomUUID } from 'node:crypto';
import type { Clock, Sink } from '../domain/ports.ts';
import { MQTT_DEFAULTS } from '../domain/sink-defaults.ts';
import { systemClock } from '../system.ts';
import { jsonSpeech } from './mqtt/json.ts';
import { type Link, type MqttLinkOptions, openLink } from './mqtt/link.ts';
import { outcomeOf } from './mqtt/outcome-of.ts';
import type { Speech } from './mqtt/publication.ts';
import { senmlSpeech } from './mqtt/senml.ts';
import { type SparkplugOptions, sparkplugSpeech } from './mqtt/sparkplug/speech.ts';
import { accepted, retryLater } from './outcome.ts';

export interface MqttSinkOptions extends Partial<MqttLinkOptions> {
  name: string;
  url: string;
  /** Default `json`. */
  payload?: 'json' | 'senml-cbor' | 'sparkplug-b';
  /** `{tenant}`, `{device}`, `{product}` and `{point}` stand for a record's own. Sparkplug has topics of its own. */
  topic?: string;
  /** For `sparkplug-b`. */
  sparkplug?: SparkplugOptions | undefined;
}

/**
 * Publishes to a broker with QoS 1: accepted when the broker has acknowledged all of a batch. MQTT knows no identity of a message, so one that
 * comes twice is there twice: JSON has `source` and `id`, Sparkplug a property `id`, MQTT 5 a user property `id` for who has to know.
 */
export function createMqttSink(given: MqttSinkOptions, clock: Clock = systemClock): Sink {
  const options = { ...MQTT_DEFAULTS, clientId: `usewire-${given.name}-${randomUUID()}`, ...given };
  let link: Link | null = null;
  let closed = false;
  let connections = 0;
  const forget = () => {
    link?.close();
    link = null;
  };
  const speech = (): Speech => {
    if (options.payload === 'json') return jsonSpeech(options.topic);
    if (options.payload === 'senml-cbor') return senmlSpeech(options.topic);
    if (options.sparkplug === undefined) throw new Error('sparkplug-b needs sparkplug: { group, node }');
    return sparkplugSpeech(options.sparkplug, connections++ % 256, clock.nowMs);
  };
  return {
    name: options.name,
    async deliver(batch, signal) {
      if (closed) return retryLater('the sink is closed');
      if (signal.aborted) return retryLater('the gateway is stopping');
      signal.addEventListener('abort', forget, { once: true });
      try {
        if (link?.isLost()) forget();
        link ??= await openLink(options, speech(), signal);
        await link.publish(link.speech.publications(batch, link.maxBytes));
        return accepted;
      } catch (error) {
        // What the broker has of this batch is not known; a connection that is used again would not say.
        forget();
        return outcomeOf(error, signal);
      } finally {
        signal.removeEventListener('abort', forget);
      }
    },
    async close() {
      closed = true;
      forget();
    },
  };
}
