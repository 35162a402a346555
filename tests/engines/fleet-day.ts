import type { Sink } from '@usewire/gateway';
import { type Arrived, mqttLinks, simulate, summary } from '@usewire/simulators';
import { expect } from 'vitest';
import { startFleetGateway } from '../support/fleet-gateway.ts';

/** Quick to try again: the tests wait for it. */
const options = {
  batch: { maxRecords: 1_000, maxBytes: 262_144, maxAgeMs: 50 },
  retry: { baseMs: 10, maxMs: 100, breakerAfter: 5, probeEveryMs: 100 },
};

/** What a record is known by, and when it was: the same line from every sink. */
export interface RecordLine {
  device: string;
  boot: string;
  seq: number;
  index: number;
  point: string;
  atMs: number;
}

export function lineOf({ device, boot, seq, index, point, atMs }: RecordLine): string {
  return `${device} ${boot} ${seq} ${index} ${point} ${Math.round(atMs)}`;
}

/** A server, or several that go together. */
export interface Engine {
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** With the engine killed three times in the middle of the day. */
export function liveThroughKills(sink: Sink, engine: Engine): Promise<string[]> {
  return liveThroughOutages([sink], [engine, engine, engine]);
}

/**
 * Six devices live half a day with lost acks, broken connections and copies, while one engine after the other is killed and started again an
 * hour later. The verdict is over the files that the same gateway writes; returns their lines, which every engine has to have, too: each once.
 */
export async function liveThroughOutages(
  sinks: readonly Sink[],
  outages: readonly Engine[],
): Promise<string[]> {
  const running = await startFleetGateway(sinks.map((sink) => ({ sink, options })));
  try {
    await using world = simulate({
      seed: 21,
      devices: 6,
      startMs: Date.UTC(2026, 2, 2, 20),
      transport: mqttLinks({ gateway: running.url }),
      sdk: { flushIntervalMs: 60_000, bulkFlushIntervalMs: 900_000 },
      faults: { lostAck: 2, disconnect: 2, duplicate: 2 },
    });
    for (const engine of outages) {
      await world.advance('3h');
      await engine.kill();
      await world.advance('1h');
      await engine.start();
    }
    await world.drain();
    const arrived: Arrived[] = await running.finish();
    expect(summary(world.verdict(arrived))).toMatch(/^PASSED: 6 devices/);
    expect(arrived.length).toBeGreaterThan(10_000);
    return arrived.map(lineOf).sort();
  } finally {
    running.remove();
  }
}
