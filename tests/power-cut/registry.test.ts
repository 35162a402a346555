import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DeviceRegistry, openDeviceRegistry } from '@usewire/gateway';
import { describe, expect, it } from 'vitest';
import { cutLife, type Life } from './cut-life.ts';
import { recordLife, writeImage } from './record-life.ts';
import { SEED, workshop } from './workshop.ts';

const CUTS = 200;
const DEVICES = ['d0', 'd1', 'd2', 'd3', 'd4', 'd5'];
/** What says nothing of whether a device may come in. */
const BESIDE = /^claim token|seal/;
const { root, work, library, cannot, why } = workshop();

/** What was told as done, by device, and what was asked and not answered. */
interface RegistryHistory {
  told: Map<string, string[]>;
  asked: { device: string; what: string } | null;
}

type RegistryMark = { asks: string; device: string } | { answered: boolean };

function noteRegistry(history: RegistryHistory, text: string): void {
  const mark = JSON.parse(text) as RegistryMark;
  if ('asks' in mark) {
    history.asked = { device: mark.device, what: mark.asks };
  } else if (history.asked !== null) {
    const { device, what } = history.asked;
    if (mark.answered) history.told.set(device, [...(history.told.get(device) ?? []), what]);
    history.asked = null;
  }
}

/** The history of a device is what was told of it, and what was asked at most. Its state is what the history ends with. */
function judgeRegistry(registry: DeviceRegistry, { told, asked }: RegistryHistory): string[] {
  const faults: string[] = [];
  for (const device of DEVICES) {
    const id = { tenant: 't', device };
    const found = registry.history(id).map((entry) => entry.what);
    const promised = told.get(device) ?? [];
    const possible = asked?.device === device ? [...promised, asked.what] : promised;
    const isSame = (list: readonly string[]) => list.join() === found.join();
    if (!isSame(promised) && !isSame(possible))
      faults.push(`lost: ${device} has ${found}, told was ${promised}`);
    const changes = found.filter((what) => !BESIDE.test(what));
    const isRevoked = registry.find(id)?.status === 'revoked';
    if (isRevoked !== (changes.at(-1) === 'revoked'))
      faults.push(`half: ${device} is ${isRevoked ? '' : 'not '}revoked`);
  }
  const again = registry.revoke({ tenant: 't', device: 'after' });
  if (!again.ok) faults.push(`stuck: ${again.problem}`);
  return faults;
}

/** Seal keys are worth nothing without the key that opens them. */
function vaultFaults(registry: DeviceRegistry, folder: string): string[] {
  const isSealed = DEVICES.some((device) => registry.seals.list({ tenant: 't', device }).length > 0);
  if (!isSealed) return [];
  const file = join(folder, 'seal-master.key');
  const isWhole = existsSync(file) && /^[0-9a-f]{64}\n$/.test(readFileSync(file, 'utf8'));
  return isWhole ? [] : ['lost: the master key of the seals'];
}

function openAndJudge(folder: string, history: RegistryHistory): string[] {
  let registry: DeviceRegistry | undefined;
  try {
    registry = openDeviceRegistry(folder, () => 0);
    return [...judgeRegistry(registry, history), ...vaultFaults(registry, folder)];
  } catch (error) {
    return [`corrupt: ${String(error)}`];
  } finally {
    registry?.close();
  }
}

describe.skipIf(cannot)(`the registry of devices, whose power is cut (USEWIRE_SEED=${SEED}${why})`, () => {
  async function cut(disk = {}): Promise<string[]> {
    writeImage(work, new Map());
    const steps = await recordLife(library, 'registry-child.mjs', work, {
      orders: { seed: SEED, steps: 120 },
    });
    const life: Life = { number: 1, before: new Map(), steps };
    const history: RegistryHistory = { told: new Map(), asked: null };
    const judge = async (folder: string) => openAndJudge(folder, history);
    const onMark = (text: string) => noteRegistry(history, text);
    return (await cutLife(life, { seed: SEED, cuts: CUTS, root, onMark, judge, disk })).faults;
  }

  it(`keeps every change that it told as done, in ${CUTS} cuts`, async () => {
    expect(await cut()).toEqual([]);
  });

  it('would be caught if it did not sync its commits', async () => {
    const faults = await cut({ ignoresSyncOf: (path: string) => path.endsWith('-wal') });
    expect(faults.filter((fault) => fault.includes('lost:')).length).toBeGreaterThan(5);
  });
});
