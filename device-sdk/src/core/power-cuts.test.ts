import { describe, expect, it, vi } from 'vitest';
import type { DeviceOptions } from './index.ts';
import { PowerLife, type PowerLifeOptions } from './power-life.fixture.ts';

/**
 * D1, the device's half: what a sync covered is delivered, whatever else of the disk the power takes. docs/power-cuts.md has the rules.
 * USEWIRE_SEED repeats a run; USEWIRE_POWER_CUTS makes it longer.
 */
const seed = Number(process.env['USEWIRE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const cuts = Number(process.env['USEWIRE_POWER_CUTS'] ?? 10_000);
const cutsALife = 25;
const small: DeviceOptions = { maxMessageBytes: 256, maxOutboxBytes: 4096, maxInFlight: 4 };

vi.setConfig({ testTimeout: 600_000 });

/** What does not hold of a life; empty when all does. */
function faultsOf(life: PowerLife, isRoomy: boolean): string[] {
  const faults: string[] = [];
  const { stored } = life;
  const storedOnce = new Set(stored);
  const fault = (name: string, is: boolean, detail: unknown) => {
    if (is) faults.push(`${name}: ${JSON.stringify(detail)}`);
  };
  const told = stored.length + life.gateway.gapCount();
  const lost = isRoomy ? life.durable.filter((n) => !storedOnce.has(n)) : [];
  const epochs = new Set(life.gateway.choices.map((each) => each.epoch + 1));
  const untold = life.chosenEpochs.filter((epoch) => !epochs.has(epoch));
  fault('corrupt', life.gateway.refused.length > 0, life.gateway.refused);
  fault('a bug', life.bugs.length > 0, life.bugs);
  fault('durable and lost', lost.length > 0, lost);
  fault('stored twice', storedOnce.size < stored.length, stored.length - storedOnce.size);
  fault('told more than recorded', told > life.recorded, [told, life.recorded]);
  fault('lost without a count', told < life.recorded - life.atRisk, [told, life.recorded, life.atRisk]);
  fault('a boot twice', new Set(life.boots).size < life.boots.length, life.boots);
  fault('a name with two contents', life.namesUsedTwice().length > 0, life.namesUsedTwice());
  fault('a choice not told', untold.length > 0, untold);
  fault('never sent', life.queued > 0, life.queued);
  return faults;
}

/** Faults of the first life that has some, with the seed that repeats it. */
function firstFaults(
  lives: number,
  given: Omit<PowerLifeOptions, 'seed' | 'cuts'>,
  note?: (life: PowerLife) => void,
) {
  for (let i = 0; i < lives; i++) {
    const life = new PowerLife({ ...given, seed: seed + i, cuts: cutsALife });
    const faults = faultsOf(life, given.device === undefined);
    note?.(life);
    if (faults.length > 0)
      return [`USEWIRE_SEED=${seed + i} USEWIRE_POWER_CUTS=${2 * cutsALife} repeats it`, ...faults];
  }
  return [];
}

describe(`D1: ${cuts} power cuts on a device, from seed ${seed}`, () => {
  const lives = Math.ceil(cuts / 2 / cutsALife);

  it('with room: nothing corrupt, nothing durable lost, nothing twice, no name for two contents', () => {
    let durable = 0;
    let cutsInStarts = 0;
    const faults = firstFaults(lives, {}, (life) => {
      durable += life.durable.length;
      cutsInStarts += life.cutsInStarts;
    });
    expect(faults).toEqual([]);
    // The schedules reach what they are about.
    expect(durable).toBeGreaterThan(lives * 50);
    expect(cutsInStarts).toBeGreaterThan(lives);
  });

  it('with a full outbox: what is given up is told once, and what was told is never delivered', () => {
    let gaps = 0;
    const faults = firstFaults(lives, { device: small, onlineOfTen: 1 }, (life) => {
      gaps += life.gateway.gapCount('evicted');
    });
    expect(faults).toEqual([]);
    expect(gaps).toBeGreaterThan(lives * 5);
  });
});

describe(`withdrawals among ${cuts} power cuts`, () => {
  it('leave no byte of what was taken back on the disk after a start, send none of it, and lose nothing else', () => {
    const lives = Math.ceil(cuts / 4 / cutsALife);
    let withdrawals = 0;
    let searches = 0;
    for (let i = 0; i < lives; i++) {
      const life = new PowerLife({ seed: seed + i, cuts: cutsALife, withPerson: true });
      const durable = life.durable.filter((n) => !life.stored.includes(n));
      const faults = [
        ...life.found,
        ...life.bugs,
        ...life.gateway.refused,
        ...life.namesUsedTwice(),
        ...durable.map((n) => `durable and lost: ${n}`),
      ];
      expect(faults, `USEWIRE_SEED=${seed + i} repeats it`).toEqual([]);
      withdrawals += life.withdrawals;
      searches += life.searches;
    }
    expect(Math.min(withdrawals, searches)).toBeGreaterThan(lives * 3);
  });

  it.each([['a storage that says it overwrote and removed', { wipe: () => true, remove: () => undefined }]])(
    'see %s and did not',
    (_what, calls) => {
      const found = Array.from({ length: 20 }, (_, i) => {
        const wrapStorage: PowerLifeOptions['wrapStorage'] = (storage) => ({ ...storage, ...calls });
        return new PowerLife({ seed: seed + i, cuts: cutsALife, withPerson: true, wrapStorage }).found;
      });
      expect(found.flat().length).toBeGreaterThan(0);
    },
  );
});

describe('a device whose power is cut', () => {
  const planted: [string, string, Omit<PowerLifeOptions, 'seed' | 'cuts'>][] = [
    [
      'a sync that says done and is not',
      'durable and lost',
      {
        wrapStorage: (storage) => ({
          ...storage,
          sync: (done) => done(true),
          completeSyncs: () => undefined,
        }),
      },
    ],
    [
      'a value that is old again after a cut',
      'a boot twice',
      {
        wrapStorage: (storage) => {
          const first = new Map<string, Uint8Array>();
          return {
            ...storage,
            put: (key, bytes) => {
              if (!first.has(key)) first.set(key, bytes);
              return storage.put(key, bytes);
            },
            crash: (options) => {
              storage.crash(options);
              for (const [key, bytes] of first) storage.put(key, bytes);
            },
          };
        },
      },
    ],
    [
      'an answer for a message that was not stored',
      'durable and lost',
      {
        wrapTransport: (transport) => ({
          ...transport,
          get stored() {
            return transport.stored.filter((message) => message.seq !== 3);
          },
        }),
      },
    ],
    [
      'records that a broken disk invents by giving back what was removed',
      'stored twice',
      {
        wrapStorage: (storage) => {
          const removed = new Map<string, Uint8Array>();
          return {
            ...storage,
            remove: (name) => {
              if (name.startsWith('j-')) removed.set(name, storage.read(name, 0, storage.size(name))!);
              storage.remove(name);
            },
            crash: (options) => {
              storage.crash(options);
              for (const [name, bytes] of removed) storage.append(name, bytes);
            },
          };
        },
      },
    ],
  ];
  it.each(planted)('is seen to suffer from %s', (_what, fault, given) => {
    const faults = firstFaults(20, given);
    expect(faults.join('\n')).toContain(fault);
  });
});
