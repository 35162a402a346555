import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bootOf } from '../domain/device-entry.ts';
import { type Devices, deviceRegistry } from '../domain/devices.ts';
import type { AdmittedMessage, SpoolStore } from '../domain/ports.ts';
import { openSqliteSpool } from './sqlite-spool.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'usewire-crashes-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const row = (device: string, seq: number): AdmittedMessage => ({
  ...{ tenant: 't', device, kind: 1, boot: '1', seq, receivedAtMs: 1, modelHash: '00000001' },
  ...{
    time: { originMs: 0, quality: 1, boundMs: null, method: 'receive' },
    recordCount: 1,
    gapCount: 0,
    seal: 0,
  },
  payload: Uint8Array.of(1),
});

/** A life of the gateway: what is on the disk, brought into memory. */
function start(): { store: SpoolStore; devices: Devices } {
  const limits = { maxBytes: 2 ** 30, maxQuarantineBytes: 2 ** 20, maxQuarantineBytesPerDevice: 2 ** 20 };
  const store = openSqliteSpool({ directory, ...limits });
  const devices = deviceRegistry();
  devices.restore(store.load());
  return { store, devices };
}

function stored({ devices }: { devices: Devices }, device: string): number[] {
  const found = devices.find({ tenant: 't', device });
  return found === undefined ? [] : bootOf(found, 1, 0).stored.ranges();
}

// Found by `npm run chaos`: stored before the first kill, unacknowledged, forgotten with the second, and stored again.
it('knows after a second crash what was stored before the first, whatever was saved in between', async () => {
  const first = start();
  await first.store.commit([row('quiet', 0), row('quiet', 1), row('busy', 0)], []);
  // A crash: nothing is saved, the rows are there.
  await first.store.close();

  const second = start();
  expect(stored(second, 'quiet')).toEqual([0, 1]);
  // Only the busy one has news in this life; the checkpoint that saves it moves past the rows of the quiet one.
  await second.store.commit([row('busy', 1)], []);
  const busy = second.devices.entry({ tenant: 't', device: 'busy' }, 2);
  bootOf(busy, 1, 2).stored.add(1);
  busy.dirty = true;
  bootOf(busy, 1, 2).dirty = true;
  const { saved, ...changed } = second.devices.changed();
  expect(second.store.checkpoint(changed)).toMatchObject({ ok: true });
  saved();
  await second.store.close();

  const third = start();
  expect(stored(third, 'busy')).toEqual([0, 1]);
  expect(stored(third, 'quiet')).toEqual([0, 1]);
  expect(third.devices.rows().map(({ device, messages }) => [device, messages])).toContainEqual(['quiet', 2]);
  await third.store.close();
});
