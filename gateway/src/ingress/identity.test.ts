import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type CertificateClaim, type Identify, identifier, isLoopback } from './identity.ts';

const tokenSha256 = createHash('sha256').update('secret').digest('hex');
const password = Buffer.from('secret');
const listed = { mode: 'tokens' as const, devices: [{ tenant: 't', device: 'a', tokenSha256 }] };

function asked(identify: Identify, certificate: CertificateClaim = { kind: 'none' }) {
  return (clientId: string, userName?: string, given?: Buffer) =>
    identify({ clientId, userName, password: given, certificate });
}

describe('identifier', () => {
  const tokens = asked(identifier(listed));

  it('knows a device by its token', () => {
    expect(tokens('t.a', 't.a', password)).toMatchObject({ ok: true, id: { tenant: 't', device: 'a' } });
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
    const development = asked(identifier({ mode: 'development' }));
    expect(development('t.x', undefined, undefined).ok).toBe(true);
    expect(development('t.x', 't.x', undefined).ok).toBe(true);
    expect(development('t.x', 't.y', undefined)).toEqual({ ok: false, reason: 'user-name' });
    expect(development('t/x', undefined, undefined).ok).toBe(false);
  });

  it('takes a certificate in place of a token, for the device that it names and for no other', () => {
    for (const options of [listed, { mode: 'development' as const }]) {
      const certified = asked(identifier(options), { kind: 'device', id: { tenant: 't', device: 'c' } });
      expect(certified('t.c')).toMatchObject({ ok: true, credential: 'certificate' });
      expect(certified('t.c', 't.a')).toEqual({ ok: false, reason: 'user-name' });
      expect(certified('t.a', 't.a', password)).toEqual({ ok: false, reason: 'certificate-name' });
    }
  });

  it('refuses a wrong certificate though the token is right', () => {
    const wrong = asked(identifier(listed), { kind: 'refused', reason: 'certificate' });
    expect(wrong('t.a', 't.a', password)).toEqual({ ok: false, reason: 'certificate' });
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
