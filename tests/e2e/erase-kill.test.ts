import { type ChildProcess, fork } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteSpool } from '@usewire/gateway';
import { afterEach, describe, expect, it } from 'vitest';
import { diaryBytes, diaryData, diaryTable, findBytes } from '../support/diary.ts';
import { isBuilt, usageRows } from '../support/usewire-cli.ts';

const DAY_MS = 24 * 3_600_000;
const SCRIPT = fileURLToPath(new URL('../support/erase-child.mjs', import.meta.url));
const HASH = Buffer.from(diaryTable.hash.subarray(0, 4)).toString('hex');
const REQUEST = { tenant: 'acme', device: 'bed-1', subject: 1, by: 'test' };

interface Outcome {
  moments: number;
  erasures: { step: string; receipts: { place: string; records: number }[] }[];
}

let folder = '';
let child: ChildProcess | undefined;

/** Null: it was killed. */
function life(
  directory: string,
  order: 'deliver' | 'ask' | 'resume',
  killAt: number,
): Promise<Outcome | null> {
  child = fork(SCRIPT, { execArgv: [] });
  const model = Buffer.from(diaryBytes).toString('hex');
  child.send({ directory, model, request: REQUEST, killAt });
  return new Promise((resolve) => {
    let outcome: Outcome | null = null;
    child!.on('message', (message: Partial<Outcome>) => {
      if (message.erasures === undefined) child!.send(order);
      else outcome = message as Outcome;
    });
    child!.once('exit', () => resolve(outcome));
  });
}

const room = { maxBytes: 2 ** 30, maxQuarantineBytes: 2 ** 30, maxQuarantineBytesPerDevice: 2 ** 30 };

/** A store that has delivered nothing yet: messages of two people, and bytes that nobody can read. */
async function filled(directory: string): Promise<void> {
  const store = openSqliteSpool({ directory, ...room });
  const time = {
    originMs: Date.now() - DAY_MS - 60_000,
    quality: 3,
    boundMs: null,
    method: 'device',
  } as const;
  const messages = Array.from({ length: 40 }, (_, seq) => {
    const words = seq % 2 === 0 ? 'SECRET-left' : 'KEPT-right';
    const page = { subject: 1 + (seq % 2), atMs: Date.now() - DAY_MS, lines: [`${words} ${seq}`] };
    const head = { tenant: 'acme', device: 'bed-1', kind: 1, boot: '1', seq, receivedAtMs: Date.now(), time };
    const model = diaryData(seq, page);
    return { ...head, modelHash: HASH, recordCount: 1, gapCount: 0, seal: 0, payload: model };
  });
  const broken = {
    tenant: 'acme',
    device: 'bed-1',
    receivedAtMs: Date.now(),
    reason: 'malformed',
    detail: '',
    link: 'mqtt',
  };
  const device = { tenant: 'acme', device: 'bed-1', lastSeenMs: Date.now(), boot: '1', modelHash: HASH };
  const payload = Buffer.from('SECRET-left broken');
  await store.commit(messages, [{ ...broken, payload }], { devices: [device] });
  await store.close();
  writeFileSync(join(directory, 'spool.db.damaged-2026-11-27T08-00-00-000Z'), 'SECRET-left rescued');
}

afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!isBuilt)('an erasure under kill -9 (built)', () => {
  it('is completed once, whatever moment it is killed at', { timeout: 300_000 }, async () => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-erase-kill-'));
    const template = join(folder, 'template');
    await filled(template);
    await life(template, 'deliver', -1);
    const whole = join(folder, 'whole');
    cpSync(template, whole, { recursive: true });
    const undisturbed = await life(whole, 'ask', -1);
    expect(undisturbed!.moments).toBeGreaterThan(8);
    for (let killAt = 0; killAt < undisturbed!.moments; killAt += 1) {
      const directory = join(folder, `killed-${killAt}`);
      cpSync(template, directory, { recursive: true });
      expect(await life(directory, 'ask', killAt), `life ${killAt}`).toBe(null);
      const resumed = await life(directory, 'resume', -1);
      const told = `killed at moment ${killAt} of ${undisturbed!.moments}`;
      expect(resumed?.erasures, told).toHaveLength(1);
      const [{ step, receipts }] = resumed!.erasures as [Outcome['erasures'][number]];
      const counts = Object.fromEntries(receipts.map(({ place, records }) => [place, records]));
      expect({ step, ...counts }, told).toEqual({ step: 'done', gateway: 20, usage: 20, lines: 20 });
      expect(findBytes(directory, 'SECRET-left'), told).toEqual([]);
      expect(usageRows(directory, 'SELECT words FROM test_diary_wrote'), told).toHaveLength(20);
      rmSync(directory, { recursive: true });
    }
  });
});
