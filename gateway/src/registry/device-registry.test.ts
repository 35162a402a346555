import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../system.ts';
import type { Issued } from './answers.ts';
import { type DeviceRegistry, openDeviceRegistry } from './device-registry.ts';
import { type LiveRegistry, openLiveRegistry } from './live-registry.ts';
import { newToken } from './secrets.ts';

const A = { tenant: 't', device: 'a' };
const B = { tenant: 't', device: 'b' };
const HOUR = 3_600_000;

let directory = '';
let now = 1_700_000_000_000;
let registry: DeviceRegistry;
let live: LiveRegistry;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'usewire-registry-'));
  registry = openDeviceRegistry(directory, () => now);
  live = openLiveRegistry(directory, { nowMs: () => now, log: silentLog });
});
afterEach(() => {
  registry.close();
  live.close();
  rmSync(directory, { recursive: true, force: true });
});

const check = (id: typeof A, password: string) => live.check(id, Buffer.from(password));
const reason = (id: typeof A, password: string) => {
  const answer = check(id, password);
  return answer.ok ? 'let in' : answer.reason;
};
function token(issued: Issued): string {
  if (!issued.ok) throw new Error(issued.problem);
  return issued.token;
}

describe('the device registry', () => {
  it('gives a token that lets in this device and no other', () => {
    const mine = token(registry.add(A));
    const other = token(registry.add(B));
    expect([reason(A, mine), reason(B, mine), reason(A, other)]).toEqual(['let in', 'token', 'token']);
    expect([reason(A, ''), reason({ tenant: 'x', device: 'a' }, mine)]).toEqual(['token', 'token']);
  });

  it('S1: keeps no token, neither in the clear nor as plain hash', () => {
    const mine = token(registry.add(A));
    const claim = registry.claimToken('t', null, HOUR);
    const bytes = readdirSync(directory)
      .map((name) => readFileSync(join(directory, name)).toString('latin1'))
      .join('');
    expect(bytes).toContain('added');
    expect(bytes).not.toContain(mine);
    expect(bytes).not.toContain(claim);
  });

  it('adds a device once; one that was revoked only when that is said', () => {
    const first = token(registry.add(A));
    expect(registry.add(A)).toMatchObject({ ok: false, problem: expect.stringContaining('"rotate"') });
    registry.revoke(A);
    expect(registry.add(A)).toMatchObject({ ok: false, problem: expect.stringContaining('--again') });
    const second = token(registry.add(A, { again: true }));
    expect([reason(A, first), reason(A, second)]).toEqual(['token', 'let in']);
  });

  it('tells that a device is revoked only to whoever has its token', () => {
    const mine = token(registry.add(A));
    registry.revoke(A);
    expect([reason(A, mine), reason(A, newToken())]).toEqual(['revoked', 'token']);
    expect(registry.revoke(A)).toMatchObject({ ok: false });
    expect(registry.rotate(A, HOUR)).toMatchObject({ ok: false });
  });

  it('keeps out a certified device that was revoked, even if it was never added', () => {
    expect(live.checkCertified(A)).toEqual({ ok: true, credential: 'certificate' });
    registry.revoke(A);
    expect(live.checkCertified(A)).toEqual({ ok: false, reason: 'revoked' });
    expect(live.stillHolds(A, 'certificate')).toBe(false);
    expect(live.stillHolds(B, 'certificate')).toBe(true);
  });

  it('lets the old token in until the new one is used', () => {
    const old = token(registry.add(A));
    const fresh = token(registry.rotate(A, HOUR));
    expect([reason(A, old), reason(A, old), reason(A, fresh)]).toEqual(['let in', 'let in', 'let in']);
    expect(reason(A, old)).toBe('token');
    expect(registry.find(A)).toMatchObject({ rotatedMs: now, oldTokenUntilMs: null });
  });

  it('lets the old token in for the grace period and not longer', () => {
    const old = token(registry.add(A));
    const entered = check(A, old);
    token(registry.rotate(A, HOUR));
    const holds = () => entered.ok && live.stillHolds(A, entered.credential);
    now += HOUR - 1;
    expect([reason(A, old), holds()]).toEqual(['let in', true]);
    now += 1;
    expect([reason(A, old), holds()]).toEqual(['token', false]);
  });

  it('ends the old token at once when there is no grace', () => {
    const old = token(registry.add(A));
    token(registry.rotate(A, 0));
    expect(reason(A, old)).toBe('token');
  });

  it('keeps the token that a device uses when it is rotated twice before the device has heard', () => {
    const used = token(registry.add(A));
    const lost = token(registry.rotate(A, HOUR));
    const fresh = token(registry.rotate(A, HOUR));
    expect([reason(A, used), reason(A, lost), reason(A, fresh)]).toEqual(['let in', 'token', 'let in']);
  });

  it('writes down who did what and when, across a restart', () => {
    token(registry.add(A));
    now += 5;
    const fresh = token(registry.rotate(A, HOUR));
    now += 5;
    check(A, fresh);
    registry.revoke(A);
    registry.close();
    registry = openDeviceRegistry(directory, () => now);
    expect(registry.history(A).map(({ what, by }) => `${what} by ${by}`)).toEqual([
      'added by command line',
      'rotated by command line',
      'new token first used by gateway',
      'revoked by command line',
    ]);
    expect(registry.list()).toEqual([
      {
        ...A,
        status: 'revoked',
        createdMs: now - 10,
        rotatedMs: now - 5,
        revokedMs: now,
        oldTokenUntilMs: null,
      },
    ]);
    expect(registry.list('x')).toEqual([]);
  });

  it('lives in memory where there is no folder', () => {
    live.close();
    live = openLiveRegistry(null, { nowMs: () => now, log: silentLog });
    expect(live.check(A, Buffer.from('x'))).toEqual({ ok: false, reason: 'token' });
  });

  it('says that it is not available, and lets nobody in, when its file cannot be read', () => {
    const mine = token(registry.add(A));
    live.close();
    expect(check(A, mine)).toEqual({ ok: false, reason: 'registry' });
    live = openLiveRegistry(directory, { nowMs: () => now, log: silentLog });
  });
});

describe('a claim', () => {
  const secret = newToken();

  it('registers one new device with the secret that the device brings', () => {
    const claim = registry.claimToken('t', null, HOUR);
    expect(reason(A, `${claim}.${secret}`)).toBe('let in');
    expect(reason(A, secret)).toBe('let in');
    expect(reason(B, `${claim}.${newToken()}`)).toBe('claim-used');
    expect(registry.history(A)).toMatchObject([{ what: 'claimed', by: 'gateway' }]);
  });

  it('may be said again by its device, for whom the first answer was lost', () => {
    const claim = registry.claimToken('t', null, HOUR);
    expect(reason(A, `${claim}.${secret}`)).toBe('let in');
    now += 100 * HOUR;
    expect(reason(A, `${claim}.${secret}`)).toBe('let in');
    expect(reason(A, `${claim}.${newToken()}`)).toBe('claim-used');
  });

  it.each<[string, () => string, string]>([
    ['one that was never made', () => `claim-${newToken()}.${secret}`, 'claim'],
    ['one of another tenant', () => `${registry.claimToken('x', null, HOUR)}.${secret}`, 'claim'],
    ['one for another device', () => `${registry.claimToken('t', 'b', HOUR)}.${secret}`, 'claim'],
    ['one without a secret', () => registry.claimToken('t', null, HOUR), 'claim-secret'],
    [
      'one with a secret that can be guessed',
      () => `${registry.claimToken('t', null, HOUR)}.1234`,
      'claim-secret',
    ],
    ['one that is over', () => `${registry.claimToken('t', null, 0)}.${secret}`, 'claim-expired'],
  ])('is refused: %s', (_name, make, expected) => {
    expect(reason(A, make())).toBe(expected);
    expect(registry.find(A)).toBeNull();
  });

  it('never takes a device that is registered, and is not spent by the attempt', () => {
    token(registry.add(A));
    const claim = registry.claimToken('t', null, HOUR);
    expect(reason(A, `${claim}.${secret}`)).toBe('claim-known-device');
    registry.revoke(A);
    expect(reason(A, `${claim}.${secret}`)).toBe('revoked');
    expect(reason(B, `${claim}.${secret}`)).toBe('let in');
  });
});
