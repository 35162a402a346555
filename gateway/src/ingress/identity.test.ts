import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identifier, isLoopback } from './identity.ts';

const tokenSha256 = createHash('sha256').update('secret').digest('hex');
const tokens = identifier({ mode: 'tokens', devices: [{ tenant: 't', device: 'a', tokenSha256 }] });
const password = Buffer.from('secret');

describe('identifier', () => {
  it('knows a device by its token', () => {
    expect(tokens('t.a', 't.a', password)).toEqual({ ok: true, id: { tenant: 't', device: 'a' } });
  });

  it.each([
    ['another token', 't.a', 't.a', Buffer.from('Secret'), 'token'],
    ['no token', 't.a', 't.a', undefined, 'token'],
    ['the hash itself', 't.a', 't.a', Buffer.from(tokenSha256), 'token'],
    ['a device that is not listed', 't.b', 't.b', password, 'token'],
    ['a borrowed user name', 't.a', 't.b', password, 'user-name'],
    ['no user name', 't.a', undefined, password, 'user-name'],
    ['an id that is no id', 'a', 'a', password, 'client-id'],
    ['an id with a wildcard', 't.+', 't.+', password, 'client-id'],
  ])('refuses %s', (_name, clientId, userName, token, reason) => {
    expect(tokens(clientId, userName, token)).toEqual({ ok: false, reason });
  });

  it('trusts any valid id in development, and no user name that differs', () => {
    const development = identifier({ mode: 'development' });
    expect(development('t.x', undefined, undefined).ok).toBe(true);
    expect(development('t.x', 't.x', undefined).ok).toBe(true);
    expect(development('t.x', 't.y', undefined)).toEqual({ ok: false, reason: 'user-name' });
    expect(development('t/x', undefined, undefined).ok).toBe(false);
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('%s is', (host) =>
    expect(isLoopback(host)).toBe(true),
  );
  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', ''])('%s is not', (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
