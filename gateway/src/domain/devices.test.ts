import { describe, expect, it } from 'vitest';
import { bootOf } from './device-entry.ts';
import { emptyDevice } from './device-row.ts';
import { deviceRegistry } from './devices.ts';
import type { BootSnapshot } from './ports.ts';

const id = { tenant: 't', device: 'd' };

function snapshot(boot: string, lastSeenMs: number, ranges = [0, 0]): BootSnapshot {
  return { ...id, boot, ranges, nextSeq: 0, origin: null, clock: null, lastSeenMs };
}

function restored(rowBoot: string, boots: BootSnapshot[]) {
  const devices = deviceRegistry();
  devices.restore({
    devices: [{ ...emptyDevice('t', 'd', 1), boot: rowBoot }],
    boots,
    models: [],
    consents: [],
    unsaved: [],
  });
  return devices;
}

const RANDOM = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'] as const;

describe('deviceRegistry', () => {
  it('goes on with the highest boot counter, whatever came last and whatever was saved', () => {
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [2, 3, 1],
    ]) {
      const devices = restored(
        '2',
        [1, 2, 3].map((boot, i) => snapshot(String(boot), order[i]!)),
      );
      expect(devices.find(id)?.current?.name).toBe('3');
      expect(devices.rows()[0]?.boot).toBe('3');
    }
  });

  it('goes on with the random boot that the device named, else with the one seen last', () => {
    const boots = [snapshot(RANDOM[0], 5), snapshot(RANDOM[1], 9)];
    expect(restored(RANDOM[0], boots).find(id)?.current?.name).toBe(RANDOM[0]);
    expect(restored(RANDOM[1], boots).find(id)?.current?.name).toBe(RANDOM[1]);
    expect(restored('', boots).find(id)?.current?.name).toBe(RANDOM[1]);
  });

  it('lists what is missing of each boot, up to what the device says it has sent', () => {
    const devices = restored('1', [{ ...snapshot('1', 1, [0, 3, 6, 6]), nextSeq: 9 }]);
    expect(devices.gaps().map(({ first, last }) => [first, last])).toEqual([
      [4, 5],
      [7, 8],
    ]);
    expect(devices.gaps({ tenant: 't', device: 'other' })).toEqual([]);
  });

  it('bounds the boots of a device that restarts in a loop, the oldest out first', () => {
    const devices = deviceRegistry();
    const entry = devices.entry(id, 0);
    for (let boot = 0; boot < 1_000; boot += 1) bootOf(entry, boot, boot);
    expect(entry.boots.size).toBe(256);
    expect(entry.boots.has('999')).toBe(true);
    expect(entry.boots.has('0')).toBe(false);
  });

  it('calls a device lost when its last connection ends without a bye', () => {
    const devices = deviceRegistry();
    const device = devices.entry(id, 0);
    device.links = 2;
    devices.linkEnded(device);
    expect(device.row.state).toBe('online');
    devices.linkEnded(device);
    expect(device.row.state).toBe('lost');
    device.links = 1;
    device.row.state = 'offline';
    devices.linkEnded(device);
    expect(device.row.state).toBe('offline');
  });

  it('does not list a device that has only connected', () => {
    const devices = deviceRegistry();
    devices.entry(id, 0);
    expect(devices.rows()).toEqual([]);
  });

  it('gives what changed once, and again when saving failed', () => {
    const devices = restored('1', [snapshot('1', 1)]);
    expect(devices.changed().devices).toEqual([]);
    const entry = devices.entry(id, 5);
    entry.dirty = true;
    entry.current!.dirty = true;
    expect(devices.changed().boots).toHaveLength(1);
    const again = devices.changed();
    expect(again.boots).toHaveLength(1);
    again.saved();
    expect(devices.changed()).toMatchObject({ boots: [], devices: [] });
  });
});
