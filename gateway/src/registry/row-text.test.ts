import { describe, expect, it } from 'vitest';
import type { DeviceSecrets } from './registry-rows.ts';
import { laterRow, readRowText, rowText } from './row-text.ts';

const secret = { salt: Buffer.from('salt'), hash: Buffer.from('hash') };

function row(change: Partial<DeviceSecrets>): DeviceSecrets {
  const times = { createdMs: 100, rotatedMs: null, revokedMs: null, oldTokenUntilMs: null };
  return {
    tenant: 'acme',
    device: 'lamp-1',
    status: 'active',
    ...times,
    current: secret,
    old: null,
    ...change,
  };
}

it('reads what it writes', () => {
  const full = row({ old: secret, rotatedMs: 7, oldTokenUntilMs: 9 });
  expect(readRowText(rowText(full))).toEqual(full);
  expect(readRowText(rowText(row({ current: null })))).toEqual(row({ current: null }));
});

describe('of two changes at the same time', () => {
  const added = row({});
  const rotated = row({ rotatedMs: 300 });
  const revoked = row({ status: 'revoked', revokedMs: 200 });
  const addedAgain = row({ createdMs: 250 });
  it.each([
    ['the later rotation', rotated, added, rotated],
    ['a revocation against a later rotation', revoked, rotated, revoked],
    ['a revocation against what was before', revoked, added, revoked],
    ['who was added again after the revocation', revoked, addedAgain, addedAgain],
  ])('holds: %s', (_, one, other, winner) => {
    expect(laterRow(one, other)).toBe(winner);
    expect(laterRow(other, one)).toBe(winner);
  });
});
