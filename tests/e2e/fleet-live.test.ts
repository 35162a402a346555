import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLiveFleet,
  fileDeviceStorage,
  fileLives,
  judge,
  type LiveFleet,
  mqttLinks,
  summary,
  type Truth,
} from '@usewire/simulators';
import { expect, it } from 'vitest';
import { type FleetGateway, startFleetGateway } from '../support/fleet-gateway.ts';
import { eventually } from '../support/gateway-kit.ts';

interface Town {
  gateway: FleetGateway;
  truth: Truth[];
  notes: string[];
  live(more: Partial<Parameters<typeof createLiveFleet>[0]>): LiveFleet;
  state: string;
  remove(): void;
}

async function town(): Promise<Town> {
  const gateway = await startFleetGateway();
  const state = mkdtempSync(join(tmpdir(), 'usewire-state-'));
  const truth: Truth[] = [];
  const notes: string[] = [];
  return {
    gateway,
    truth,
    notes,
    state,
    live: (more) =>
      createLiveFleet({
        seed: 1,
        devices: 9,
        products: ['bed', 'wearable', 'machine'],
        tenant: 'home',
        sdk: { flushIntervalMs: 200, bulkFlushIntervalMs: 500 },
        link: mqttLinks({ gateway: gateway.url }),
        storage: (spec) => fileDeviceStorage(state, spec.name),
        keepTruth: (line) => truth.push(line),
        note: (text) => notes.push(text),
        ...more,
      }),
    remove() {
      gateway.remove();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

it('a live fleet drains when it is stopped, and goes on with its state when it starts again', async () => {
  const { gateway, truth, notes, live, remove } = await town();
  for (let start = 0; start < 2; start++) {
    const before = gateway.gateway.view.counters().records;
    const fleet = live({});
    await eventually(() => gateway.gateway.view.counters().records > before + 10, 'ten records', 30_000);
    await fleet.stop(10_000);
    expect(fleet.result()).toMatchObject({ devices: 9, waiting: 0, gaps: 0 });
  }
  expect(summary(judge(truth, await gateway.finish()))).toMatch(/^PASSED: 9 devices/);
  // The first boot's name is random, the second counts on from what the folder keeps.
  expect(notes.filter((note) => /^bed-0001 boot [0-9a-f]{16}$/.test(note))).toHaveLength(1);
  expect(notes.filter((note) => note.startsWith('bed-0001 boot'))).toHaveLength(2);
  remove();
});

/** As `usewire-sim fleet --mode live` has it. */
const daily = { flushIntervalMs: 60_000, bulkFlushIntervalMs: 900_000, maxRetryMs: 2_000 };

it('a live fleet first lives through its last day, at the right times, and a later start through what it missed', async () => {
  const { gateway, truth, live, state, remove } = await town();
  const counters = gateway.gateway.view.counters;
  const options = { devices: 6, sdk: daily, catchUpMs: 86_400_000, flushEveryMs: 200 };
  const begunMs = Date.now();
  const first = live({ ...options, lives: fileLives(state) });
  await first.caughtUp;
  const day = first.result().recordsAccepted;
  expect(day).toBeGreaterThan(100_000);
  await eventually(() => counters().records >= day, 'the day has arrived', 60_000);
  await first.stop(10_000);
  expect(first.result()).toMatchObject({ devices: 6, waiting: 0, gaps: 0 });

  const before = counters().records;
  const second = live({ ...options, lives: fileLives(state) });
  await second.caughtUp;
  await eventually(() => counters().records > before + 3, 'new records', 30_000);
  await second.stop(10_000);
  // Only the seconds that it missed.
  expect(second.result().recordsAccepted).toBeLessThan(5_000);
  expect(second.result()).toMatchObject({ waiting: 0, gaps: 0 });

  const arrived = await gateway.finish();
  const verdict = judge(truth, arrived);
  expect(summary(verdict)).toMatch(/^PASSED: 6 devices/);
  expect(verdict.unpromisedTimes).toBe(0);
  const times = arrived.map((record) => record.atMs);
  const earliest = times.reduce((least, one) => Math.min(least, one));
  const latest = times.reduce((most, one) => Math.max(most, one));
  expect(earliest - (begunMs - 86_400_000)).toBeGreaterThan(-2_000);
  expect(earliest - (begunMs - 86_400_000)).toBeLessThan(600_000);
  expect(latest).toBeLessThanOrEqual(Date.now() + 1_000);
  remove();
});

it('a live fleet that is stopped while it catches up goes on from there at the next start', async () => {
  const { gateway, truth, live, state, remove } = await town();
  const options = { devices: 3, sdk: daily, catchUpMs: 86_400_000, flushEveryMs: 200 };
  const first = live({ ...options, lives: fileLives(state) });
  await eventually(() => first.result().recordsAccepted > 1_000, 'on the way', 30_000);
  await first.stop(10_000);
  const part = first.result().recordsAccepted;
  expect(fileLives(state).of('home.machine-0001')).toBeUndefined();

  const second = live({ ...options, lives: fileLives(state) });
  await second.caughtUp;
  await second.stop(20_000);
  expect(second.result()).toMatchObject({ waiting: 0, gaps: 0 });
  const verdict = judge(truth, await gateway.finish());
  expect(summary(verdict)).toMatch(/^PASSED: 3 devices/);
  expect(verdict.stored).toBe(part + second.result().recordsAccepted);
  remove();
});

it('a live fleet finds a gateway that was away, and hands over what it recorded meanwhile', async () => {
  const { gateway, truth, live, remove } = await town();
  let url = 'mqtt://127.0.0.1:1';
  const fleet = live({
    sdk: { ...daily, minRetryMs: 50, maxRetryMs: 200 },
    flushEveryMs: 100,
    link: (spec) => {
      // Each attempt asks where the gateway is now; at first it is nowhere.
      const links = {
        away: mqttLinks({ gateway: url })(spec),
        back: mqttLinks({ gateway: gateway.url })(spec),
      };
      let current = links.away;
      return {
        ...current,
        open(will, events) {
          current = url === gateway.url ? links.back : links.away;
          current.open(will, events);
        },
        send: (tag, leaf, bytes) => current.send(tag, leaf, bytes),
        close: () => current.close(),
        closed: () => current.closed(),
      };
    },
  });
  await fleet.caughtUp;
  await eventually(() => fleet.result().waiting > 5, 'messages that wait', 30_000);
  expect(gateway.gateway.view.counters().records).toBe(0);
  url = gateway.url;
  await eventually(() => gateway.gateway.view.counters().records > 10, 'ten records', 30_000);
  await fleet.stop(10_000);
  expect(summary(judge(truth, await gateway.finish()))).toMatch(/^PASSED: 9 devices/);
  remove();
});
