import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AdmittedMessage, SpoolState, SpoolStore } from '../domain/ports.ts';
import { memorySpool } from './memory-spool.ts';
import { openSqliteSpool } from './sqlite-spool.ts';

const LIMITS = { maxBytes: 2 ** 40, maxQuarantineBytes: 2 ** 20, maxQuarantineBytesPerDevice: 2 ** 20 };
const COMMIT_ROWS = 1_000;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'usewire-load-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Row n of a history that is hard on a start: many boots, no two numbers in a row, some out of order, some with the device's clock. */
function row(n: number): AdmittedMessage {
  const boot = String(1 + (n % 7));
  const at = {
    tenant: 't',
    device: `d${n % 97}`,
    boot,
    receivedAtMs: 1_700_000_000_000 + ((n * 37) % 5_000),
  };
  const seq = (n % 5 === 0 ? 9_000_000 - n : n) * 2;
  const uptimeMs = n;
  const said = n % 11 === 0;
  const time = said
    ? ({ originMs: 1_000 + n, quality: 3, boundMs: 20, method: 'device' } as const)
    : ({ originMs: 1_000, quality: 1, boundMs: null, method: 'gateway-offset' } as const);
  const bye = { kind: Kind.bye, seq, boot: Number(boot), uptimeMs, reason: 0 } as const;
  const payload = said ? encodeMessage(bye) : Uint8Array.of(n & 255);
  return {
    ...at,
    kind: 1,
    seq,
    time,
    modelHash: '',
    recordCount: n % 4,
    gapCount: n % 3,
    seal: 4 * (n % 2) + (n % 2),
    payload,
  };
}

async function commitRows(stores: readonly SpoolStore[], from: number, count: number): Promise<void> {
  for (let done = 0; done < count; done += COMMIT_ROWS) {
    const rows = Array.from({ length: Math.min(COMMIT_ROWS, count - done) }, (_, i) => row(from + done + i));
    for (const store of stores) expect(await store.commit(rows, [])).toEqual({ ok: true });
  }
}

/** The order of boots and devices means nothing. */
function inOrder({ boots, devices, unsaved, models }: SpoolState) {
  const names = (id: { tenant: string; device: string; boot?: string }) => `${id.device}.${id.boot ?? ''}`;
  const sorted = <T extends { tenant: string; device: string }>(list: readonly T[]) =>
    list.toSorted((a, b) => names(a).localeCompare(names(b)));
  const ids = new Set(unsaved.map(names));
  return { boots: sorted(boots), devices: sorted(devices), unsaved: [...ids].toSorted(), models };
}

describe('the state after a kill is what the double in memory knows', () => {
  let disk: SpoolStore;
  const memory = () => memorySpool(LIMITS);
  const open = () => openSqliteSpool({ directory, ...LIMITS });
  beforeEach(() => {
    disk = open();
  });
  afterEach(() => disk.close());

  // A second connection sees what a process after a kill would: nothing is saved in between, nothing is closed.
  function afterKill(): SpoolStore {
    return open();
  }

  it.each([0, 1, 4_999, 5_000, 5_001, 12_345])('with %i rows and no snapshot', async (count) => {
    const twin = memory();
    await commitRows([disk, twin], 0, count);
    const next = afterKill();
    expect(inOrder(next.load())).toEqual(inOrder(twin.load()));
    expect(next.lastPosition()).toBe(count);
    await next.close();
  });

  it('with rows behind a snapshot, the older ones pruned', async () => {
    const twin = memory();
    await commitRows([disk, twin], 0, 7_000);
    const { boots, devices } = twin.load();
    const prune = { receivedBeforeMs: Number.MAX_SAFE_INTEGER, sinks: [] };
    disk.checkpoint({ boots, devices, prune });
    twin.checkpoint({ boots, devices, prune });
    await commitRows([disk, twin], 7_000, 6_000);
    const next = afterKill();
    expect(inOrder(next.load())).toEqual(inOrder(twin.load()));
    expect(next.lastPosition()).toBe(13_000);
    await next.close();
  });
});
