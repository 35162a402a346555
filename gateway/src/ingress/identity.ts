import { createHash, timingSafeEqual } from 'node:crypto';
import { parseClientId } from '@usewire/protocol/wire';
import type { CredentialBook, LoginAnswer, RefusedLogin } from '../domain/credentials.ts';
import type { DeviceId } from '../domain/ports.ts';
import type { IdentityOptions } from '../gateway-types.ts';

export type IdentityAnswer =
  | { ok: true; id: DeviceId; credential: string }
  | { ok: false; reason: RefusedLogin };

/** What the certificate of a connection says. */
export type CertificateClaim =
  /** There is none, and none is needed. */
  { kind: 'none' } | { kind: 'device'; id: DeviceId } | { kind: 'refused'; reason: RefusedLogin };

/** What a CONNECT brings, and the connection it came on. */
export interface Login {
  clientId: string;
  userName: string | undefined;
  password: Buffer | undefined;
  certificate: CertificateClaim;
}

export type Identify = (login: Login) => IdentityAnswer;

/** Asks one kind of credential about a device. */
type Check = (id: DeviceId, login: Login) => LoginAnswer;

/** Unknown devices are compared with this, so that an answer takes as long as for known ones. */
const NOBODY = Buffer.alloc(32);
const NO_PASSWORD = Buffer.alloc(0);

/** `book` is for mode `registry`, and keeps revoked devices out that have a certificate. */
export function identifier(options: IdentityOptions, book: CredentialBook | null = null): Identify {
  const check = checkOf(options, book);
  return function identify(login) {
    const { clientId, userName, certificate } = login;
    if (certificate.kind === 'refused') return { ok: false, reason: certificate.reason };
    const id = parseClientId(clientId);
    if (id === null) return { ok: false, reason: 'client-id' };
    const isCertified = certificate.kind === 'device';
    // A user name may be left out where nothing rests on it; a different one is a mistake worth hearing of.
    const isOptional = isCertified || options.mode === 'development';
    if (userName !== clientId && !(isOptional && !userName)) return { ok: false, reason: 'user-name' };
    if (isCertified && !isSame(id, certificate.id)) return { ok: false, reason: 'certificate-name' };
    const answer = isCertified ? (book?.checkCertified(id) ?? enter('certificate')) : check(id, login);
    return answer.ok ? { ok: true, id, credential: answer.credential } : answer;
  };
}

function checkOf(options: IdentityOptions, book: CredentialBook | null): Check {
  if (options.mode === 'development') return () => enter('development');
  if (options.mode === 'tokens') return checkListed(options.devices);
  if (book === null) throw new Error('mode registry needs the registry');
  return (id, { password }) => book.check(id, password ?? NO_PASSWORD);
}

function checkListed(devices: readonly { tenant: string; device: string; tokenSha256: string }[]): Check {
  const hashes = new Map(devices.map((d) => [`${d.tenant}.${d.device}`, Buffer.from(d.tokenSha256, 'hex')]));
  return (_id, { clientId, password }) => {
    const given = createHash('sha256')
      .update(password ?? NO_PASSWORD)
      .digest();
    const right = timingSafeEqual(given, hashes.get(clientId) ?? NOBODY);
    return right && hashes.has(clientId) ? enter('configured') : { ok: false, reason: 'token' };
  };
}

function enter(credential: string): LoginAnswer {
  return { ok: true, credential };
}

function isSame(a: DeviceId, b: DeviceId): boolean {
  return a.tenant === b.tenant && a.device === b.device;
}

/** Whoever is there must not be reachable from outside without TLS and authentication. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
