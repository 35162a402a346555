import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Role, Scope, Visitor } from '../domain/access.ts';

const entry = z.strictObject({
  name: z.string(),
  role: z.enum(['viewer', 'operator', 'privacy', 'person']),
  scope: z
    .strictObject({ tenant: z.string(), device: z.string(), subject: z.number().int().nullable() })
    .nullable(),
  /** Of the token: 256 random bits need no salt and no slow hash. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  createdAtMs: z.number(),
  /** Null = until it is revoked. */
  expiresAtMs: z.number().nullable(),
  revokedAtMs: z.number().nullable(),
});

/** A token as it is kept: who has it, and never the token. */
export type AccessToken = z.infer<typeof entry>;

const FILE = 'access-tokens.json';

/** Tokens of the admin pages, in a file of the data folder that only its owner reads. Throws on one that is not ours. */
export function readTokens(directory: string): AccessToken[] {
  const path = join(directory, FILE);
  return existsSync(path) ? z.array(entry).parse(JSON.parse(readFileSync(path, 'utf8'))) : [];
}

export interface NewToken {
  name: string;
  role: Role;
  scope: Scope | null;
  ttlMs: number | null;
}

/** Returns the token, which is shown only now. Null: a token with this name is in use. */
export function addToken(directory: string, made: NewToken, nowMs: number): string | null {
  const tokens = readTokens(directory);
  if (tokens.some((token) => token.name === made.name && isInUse(token, nowMs))) return null;
  const secret = randomBytes(32).toString('base64url');
  const { ttlMs, ...rest } = made;
  const expiresAtMs = ttlMs === null ? null : nowMs + ttlMs;
  const others = tokens.filter((token) => token.name !== made.name);
  const token = { ...rest, sha256: hashOf(secret), createdAtMs: nowMs, expiresAtMs, revokedAtMs: null };
  writeTokens(directory, [...others, token]);
  return secret;
}

/** False: no token in use has this name. */
export function revokeToken(directory: string, name: string, nowMs: number): boolean {
  const tokens = readTokens(directory);
  const found = tokens.find((token) => token.name === name && isInUse(token, nowMs));
  if (found === undefined) return false;
  found.revokedAtMs = nowMs;
  writeTokens(directory, tokens);
  return true;
}

export function isInUse({ expiresAtMs, revokedAtMs }: AccessToken, nowMs: number): boolean {
  return revokedAtMs === null && (expiresAtMs === null || expiresAtMs > nowMs);
}

export interface TokenBook {
  /** Somebody has to show a token: there has been one. Revoking the last does not open the door. */
  isLocked(): boolean;
  /** Null: nobody with this token may come in. */
  visitor(token: string): Visitor | null;
}

/** As the file stands at each question: a revoked token is of no more use at once. */
export function openTokenBook(directory: string, nowMs: () => number): TokenBook {
  const path = join(directory, FILE);
  let tokens: AccessToken[] = [];
  let stamp = '';
  function current(): AccessToken[] {
    const found = statSync(path, { throwIfNoEntry: false });
    const now = found === undefined ? '' : `${found.ino} ${found.mtimeMs} ${found.size}`;
    if (now !== stamp) tokens = readTokens(directory);
    stamp = now;
    return tokens;
  }
  return {
    isLocked: () => current().length > 0,
    visitor(token) {
      const sha256 = hashOf(token);
      const found = current().find((one) => one.sha256 === sha256 && isInUse(one, nowMs()));
      return found === undefined ? null : { name: found.name, role: found.role, scope: found.scope };
    },
  };
}

/** Nobody learns a token from how long its hash took to compare. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Atomic, and for the owner's eyes. */
function writeTokens(directory: string, tokens: readonly AccessToken[]): void {
  const path = join(directory, FILE);
  const file = openSync(`${path}.tmp`, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(tokens, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.tmp`, path);
}
