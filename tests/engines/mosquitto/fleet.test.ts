import { createMqttSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineOf, liveThroughKills } from '../fleet-day.ts';
import { findMosquitto, type Mosquitto, startMosquitto } from './server.mjs';
import { type Heard, type Subscriber, subscribe } from './subscriber.ts';

const bin = findMosquitto();
const why = bin ? '' : ' (skipped: no Mosquitto 2 here)';

describe.skipIf(bin === null)(`a fleet into an MQTT broker${why}`, () => {
  let server: Mosquitto;
  let all: Subscriber;

  beforeAll(async () => {
    server = await startMosquitto(bin!);
    all = await subscribe(server.url, 'usewire/#');
  });
  afterAll(async () => {
    await all.close();
    await server.remove();
  });

  interface Event {
    id: string;
    source: string;
    time: string;
    data: { point: string };
  }

  function lineOfEvent({ id, source, time, data }: Event): string {
    const [boot = '', seq, index] = id.split('/');
    const device = source.split(':').at(-1)!;
    const atMs = Date.parse(time);
    return lineOf({ device, boot, seq: Number(seq), index: Number(index), point: data.point, atMs });
  }

  it('is heard whole by who knows records by source and id, though the broker restarts three times in the day', async () => {
    const sink = createMqttSink({ name: 'engine', url: server.url, timeoutMs: 3_000 });
    const lines = await liveThroughKills(sink, {
      // A Mosquitto that is killed forgets what it has acknowledged.
      kill: () => server.stop('SIGTERM'),
      start: () => server.start(),
    });
    await all.settled();
    const events = all.heard.flatMap(({ payload }: Heard) => JSON.parse(String(payload)) as Event[]);
    const once = new Map(events.map((event) => [`${event.source} ${event.id}`, event]));
    expect([...once.values()].map(lineOfEvent).sort()).toEqual(lines);
  });
});
