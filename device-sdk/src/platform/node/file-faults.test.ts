import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bed } from '../../core/bed.fixture.ts';
import { createDevice, type DeviceOptions, type StoragePort } from '../../core/index.ts';
import { manualClock, memoryTransport, seededRandom } from '../../testing/index.ts';
import { failingCalls, readingTheFolder, type Site, sites } from './failing-calls.fixture.ts';
import { type FileStorage, openFileStorage } from './file-storage.ts';

/** D2, the device's half: each place that writes fails, with each error, while a device lives on it. */
const errors = ['EIO', 'EROFS', 'ENOSPC', 'EDQUOT'];
const options: DeviceOptions = {
  ...{ maxMessageBytes: 512, maxOutboxBytes: 65_536, flushIntervalMs: 300, syncIntervalMs: 100 },
  ...{ minRetryMs: 20, maxRetryMs: 200, ackTimeoutMs: 3000, statusIntervalMs: 0 },
};

const folders: string[] = [];
const storages: FileStorage[] = [];
afterEach(() => {
  for (const storage of storages.splice(0)) storage.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function diskAndStorage() {
  const folder = mkdtempSync(join(tmpdir(), 'usewire-file-faults-'));
  folders.push(folder);
  const disk = failingCalls();
  const storage = openFileStorage(join(folder, 'device'), disk.calls);
  storages.push(storage);
  return { disk, storage };
}

const synced = (storage: StoragePort) => new Promise<boolean>((resolve) => storage.sync(resolve));
const named = (name: string): Site => sites.find((site) => site.name === name)!;
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

/** A device on files, in time of the test's own; syncs take as long as they take. */
class World {
  readonly disk;
  readonly storage;
  readonly clock = manualClock();
  readonly gateway = memoryTransport(bed);
  readonly bugs: string[] = [];
  readonly random = seededRandom(1);
  accepted = 0;
  device;
  private n = 0;

  constructor() {
    const { disk, storage } = diskAndStorage();
    this.disk = disk;
    this.storage = storage;
    this.device = this.start();
  }

  private start() {
    const log = {
      write: (_level: string, event: string, detail: string) => {
        if (event.startsWith('bug.')) this.bugs.push(`${event} ${detail}`);
      },
    };
    const { clock, storage, gateway, random } = this;
    return createDevice({ model: bed, ports: { clock, storage, transport: gateway, random, log }, options });
  }

  restart(): void {
    this.accepted += this.device.status().accepted;
    this.gateway.close();
    this.clock.restart();
    this.device = this.start();
  }

  record(times: number): void {
    for (let i = 0; i < times; i++) this.device.points.count({ n: this.n++ });
    this.device.points.overheat({ celsius: 90 });
  }

  async live(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      this.device.tick();
      this.clock.advance(100);
      await this.disk.idle();
    }
  }

  async drain(): Promise<void> {
    for (let i = 0; i < 400 && (i < 40 || this.device.status().queued > 0); i++) await this.live(1);
  }

  /** What has to hold of it whatever happened. */
  verdict() {
    const records = this.gateway.stored.flatMap((message) => message.records);
    const numbers = records.filter(({ point }) => point === 'count').map(({ attributes }) => attributes['n']);
    const told = this.gateway.recordCount() + this.gateway.gapCount();
    return {
      bugs: this.bugs,
      refused: this.gateway.refused,
      queued: this.device.status().queued,
      twice: numbers.length - new Set(numbers).size,
      missing: this.accepted + this.device.status().accepted - told,
    };
  }
}

const fine = { bugs: [], refused: [], queued: 0, twice: 0, missing: 0 };

describe('D2 a device whose disk fails while it runs', () => {
  const cases = sites.flatMap((site) => errors.map((error) => ({ site: site.name, error })));

  it.each(cases)('goes on after $error at $site, with nothing lost or doubled', async ({ site, error }) => {
    const world = new World();
    world.record(10);
    await world.live(10);
    world.disk.fail(named(site), error);
    for (let i = 0; i < 10; i++) {
      world.record(3);
      world.device.consent.set({ health: i % 2 === 0 }, { notice: '1' });
      await world.live(5);
    }
    expect(world.disk.hits()).toBeGreaterThan(0);
    world.disk.mend();
    world.record(5);
    await world.drain();
    expect(world.verdict()).toEqual(fine);
    // Nothing of what was done comes back with a start.
    world.restart();
    await world.drain();
    expect(world.verdict()).toEqual(fine);
  });

  it.each(errors)('holds records in memory while all of it answers %s', async (error) => {
    const world = new World();
    await world.live(5);
    for (const site of sites) world.disk.fail(site, error);
    world.record(20);
    await world.live(30);
    expect(world.gateway.recordCount()).toBe(0);
    expect(world.device.status().storageFailures).toBeGreaterThan(0);
    world.disk.mend();
    await world.drain();
    expect(world.gateway.recordCount()).toBe(21);
    expect(world.verdict()).toEqual(fine);
  });
});

describe('a file storage', () => {
  it('writes again what a failed sync was about: Linux tells an error of fdatasync once, and then calls it done', async () => {
    const { disk, storage } = diskAndStorage();
    storage.append('a', bytes(1, 2));
    await synced(storage);
    storage.append('a', bytes(3, 4, 5));
    disk.fail(named('fdatasync of a segment'), 'EIO');
    expect(await synced(storage)).toBe(false);
    disk.mend();
    expect(await synced(storage)).toBe(true);
    expect(disk.writesAt).toEqual([{ bytes: [3, 4, 5], at: 2 }]);
    expect(storage.read('a', 0, 9)).toEqual(bytes(1, 2, 3, 4, 5));
  });

  it('appends where it said, after a part of a write that could not be cut off', () => {
    const { disk, storage } = diskAndStorage();
    storage.append('a', bytes(1, 2));
    disk.fail(named('half of a write that stays'), 'ENOSPC');
    expect(storage.append('a', bytes(3, 4, 5, 6))).toBe(false);
    expect(storage.append('a', bytes(3, 4, 5, 6))).toBe(false);
    disk.mend();
    expect(storage.append('a', bytes(7))).toBe(true);
    expect(storage.read('a', 0, 9)).toEqual(bytes(1, 2, 7));
  });

  it('says that a sync failed while a removed file can neither be removed nor emptied', async () => {
    const { disk, storage } = diskAndStorage();
    storage.append('a', bytes(1, 2));
    await synced(storage);
    disk.fail(named('unlink and truncate'), 'EIO');
    storage.remove('a');
    expect([storage.list(), storage.size('a'), storage.read('a', 0, 9)]).toEqual([[], 0, null]);
    expect(await synced(storage)).toBe(false);
    disk.mend();
    expect(await synced(storage)).toBe(true);
  });

  it('says that a sync failed when it cannot see what an earlier process left', async () => {
    const { disk, storage } = diskAndStorage();
    disk.fail(readingTheFolder, 'EIO');
    expect(await synced(storage)).toBe(false);
    disk.mend();
    expect(await synced(storage)).toBe(true);
  });

  it('has the old value when it refused a new one, though that was in place already', () => {
    const { disk, storage } = diskAndStorage();
    expect(storage.put('k', bytes(1))).toBe(true);
    disk.fail(named('fsync of the folder of values'), 'EIO');
    expect(storage.put('k', bytes(2))).toBe(false);
    expect(storage.get('k')).toEqual(bytes(1));
  });

  it('goes on after files that could not be closed', () => {
    const { disk, storage } = diskAndStorage();
    disk.fail(named('close'), 'EIO');
    for (const name of ['a', 'b']) {
      expect(storage.append(name, bytes(1))).toBe(true);
      storage.remove(name);
    }
    expect(storage.list()).toEqual([]);
  });
});
