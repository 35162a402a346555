import { describe, expect, it } from 'vitest';
import { memoryStorage, memoryTransport } from '../testing/index.ts';
import { bed } from './bed.fixture.ts';
import { bootOf } from './boot.ts';
import { createDisk } from './disk.ts';
import { createDevice } from './index.ts';
import { createLedger } from './ledger.ts';
import { Cause } from './marks.ts';
import { setUp } from './set-up.fixture.ts';
import { createSyncer } from './sync.ts';

/** What 10,000 power cuts (power-cuts.test.ts) found, one by one. A write that no sync covers may be missing while later ones are there. */
type World = ReturnType<typeof setUp>;

/** The write that begins at `offset` never came to the disk; what was written after it did. */
function loseWrite(world: World, prefix: string, offset: number): void {
  const name = world.storage.list().find((each) => each.startsWith(prefix))!;
  world.storage.damage(name, offset);
  world.restart();
  world.run(60_000);
}

function segmentBytes(world: World, prefix: string): number {
  return world.storage.size(world.storage.list().find((each) => each.startsWith(prefix))!);
}

function offline(): World {
  const world = setUp();
  world.gateway.setOnline(false);
  world.run(100);
  world.storage.holdSyncs(true);
  return world;
}

describe('a write that the power took while later ones stayed', () => {
  it('is not told as lost when it was a message whose rows are still in a journal', () => {
    const world = offline();
    for (let n = 0; n < 3; n++) {
      world.device.points.count({ n });
      world.device.points.count({ n: 100 + n });
      world.device.flush();
    }
    const whole = segmentBytes(world, 'n-');
    world.gateway.setOnline(true);
    loseWrite(world, 'n-', Math.floor(whole / 2));
    expect(world.gateway.recordCount()).toBe(6);
    expect(world.gateway.gapCount()).toBe(0);
  });

  it('is made again when it was the message of a choice', () => {
    const world = offline();
    expect(world.device.consent.set({ health: true }, { notice: '1' }).ok).toBe(true);
    world.run(100);
    world.storage.crash({ dropUnsynced: true });
    world.restart();
    world.gateway.setOnline(true);
    world.run(60_000);
    expect(world.gateway.choices.map(({ epoch, choices }) => ({ epoch, choices }))).toEqual([
      { epoch: 0, choices: { 6: 1 } },
    ]);
  });
});

describe('a debt', () => {
  const setUpLedger = () => {
    const storage = memoryStorage();
    const syncer = createSyncer(storage, () => undefined);
    const disk = createDisk(storage, syncer, 1000);
    const start = { fileNumber: 0, nextDebtId: 1, toldId: 0, untold: [], oldFiles: [], largeBytes: 1000 };
    const ledger = createLedger({ disk, syncer, boot: bootOf(1), nowMs: () => 0 }, start);
    const sync = (): void => {
      syncer.request();
      syncer.run(0);
    };
    const owe = (count: number): void => {
      ledger.owe(Cause.evicted, count, -1);
      ledger.commit();
    };
    return { ledger, sync, owe, told: () => ledger.untold().map((debt) => debt.count) };
  };

  it('is told when it is durable: else what was given up may be back beside the message that tells it', () => {
    const { ledger, sync, owe, told } = setUpLedger();
    owe(3);
    expect([ledger.hasDebts(), told()]).toEqual([true, []]);
    sync();
    owe(4);
    expect(told()).toEqual([3]);
    sync();
    expect(told()).toEqual([3, 4]);
  });

  it('waits for the message that told those before it: a later one says that all of them are told', () => {
    const { ledger, sync, owe, told } = setUpLedger();
    owe(3);
    owe(4);
    sync();
    ledger.told(1);
    expect([ledger.hasDebts(), told()]).toEqual([true, []]);
    sync();
    expect(told()).toEqual([4]);
  });
});

describe('removed files', () => {
  it('never come back without the messages that were made of them', () => {
    const storage = memoryStorage();
    const syncer = createSyncer(storage, () => undefined);
    const disk = createDisk(storage, syncer, 1000);
    for (const name of ['journal', 'messages', 'more']) storage.append(name, new Uint8Array(3));
    const sweep = (): string[] => {
      disk.sweep();
      return storage.list();
    };
    disk.removeLater('journal');
    disk.removeLast('messages');
    disk.removeLast('more');
    syncer.run(0);
    expect(sweep()).toEqual(['messages', 'more']);
    // The removal of the journal is not durable yet.
    expect(sweep()).toEqual(['messages', 'more']);
    syncer.run(0);
    expect(sweep()).toEqual([]);
  });

  it('cost no record twice when the ledger could not be written at the starts that turned them into messages', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    for (let n = 0; n < 5; n++) world.device.points.count({ n });
    const { clock, storage, random } = world;
    const gateway = memoryTransport(bed);
    let isBroken = false;
    const halfBroken = {
      ...storage,
      append: (name: string, bytes: Uint8Array) =>
        !(isBroken && name.startsWith('m-')) && storage.append(name, bytes),
    };
    for (let start = 0; start < 4; start++) {
      clock.restart();
      gateway.close();
      const ports = { clock, storage: halfBroken, transport: gateway, random };
      isBroken = start < 2;
      const device = createDevice({ model: bed, ports });
      isBroken = false;
      for (let i = 0; i < 300; i++) {
        device.tick();
        clock.advance(100);
      }
    }
    expect(gateway.recordCount()).toBe(5);
    expect(gateway.gapCount()).toBe(0);
  });
});
