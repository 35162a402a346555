import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLiveFleet,
  fileDeviceStorage,
  judge,
  mqttLinks,
  summary,
  type Truth,
} from '@usewire/simulators';
import { expect, it } from 'vitest';
import { startFleetGateway } from '../support/fleet-gateway.ts';
import { eventually } from '../support/gateway-kit.ts';

it('a live fleet drains when it is stopped, and goes on with its state when it starts again', async () => {
  const gateway = await startFleetGateway();
  const state = mkdtempSync(join(tmpdir(), 'usewire-state-'));
  const truth: Truth[] = [];
  const notes: string[] = [];
  const live = async (): Promise<void> => {
    const before = gateway.gateway.view.counters().records;
    const fleet = createLiveFleet({
      seed: 1,
      devices: 9,
      products: ['bed', 'wearable', 'machine'],
      tenant: 'home',
      sdk: { flushIntervalMs: 200, bulkFlushIntervalMs: 500 },
      link: mqttLinks({ gateway: gateway.url }),
      storage: (spec) => fileDeviceStorage(state, spec.name),
      keepTruth: (line) => truth.push(line),
      note: (text) => notes.push(text),
    });
    await eventually(() => gateway.gateway.view.counters().records > before + 10, 'ten records', 30_000);
    await fleet.stop(10_000);
    expect(fleet.result()).toMatchObject({ devices: 9, waiting: 0, gaps: 0 });
  };
  await live();
  await live();
  expect(summary(judge(truth, await gateway.finish()))).toMatch(/^PASSED: 9 devices/);
  // The first boot's name is random, the second counts on from what the folder keeps.
  expect(notes.filter((note) => /^bed-0001 boot [0-9a-f]{16}$/.test(note))).toHaveLength(1);
  expect(notes.filter((note) => note.startsWith('bed-0001 boot'))).toHaveLength(2);
  gateway.remove();
  rmSync(state, { recursive: true, force: true });
});
