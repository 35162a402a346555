import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseSealKey, type SealKey } from '@usewire/protocol/seal';

export interface SealOptions {
  /** What `usewire device seal` printed; a function is asked at each connection. */
  key?: string | (() => string);
  /** ... or the file that holds it, read at each connection. */
  keyFile?: string;
  /** S3 only, where the text carries no private key: Ed25519 or P-256. */
  privateKey?: KeyObject;
}

export type KeyRead = { ok: true; key: SealKey } | { ok: false; problem: string };

function bad(problem: string): KeyRead {
  return { ok: false, problem };
}

function textOf({ key, keyFile }: SealOptions): string {
  if (keyFile !== undefined) return readFileSync(keyFile, 'utf8');
  return typeof key === 'function' ? key() : (key ?? '');
}

/** The key as it is now. A problem is a sentence that says what to do; it never repeats the key. */
export function readKey(options: SealOptions): KeyRead {
  if ((options.key === undefined) === (options.keyFile === undefined)) {
    return bad("seal: give one of key and keyFile, with the line that 'usewire device seal' printed.");
  }
  const from = options.keyFile === undefined ? 'key' : `keyFile ${options.keyFile}`;
  let text: string;
  try {
    text = textOf(options);
  } catch (cause) {
    return bad(`seal: ${from} cannot be read: ${(cause as Error).message}.`);
  }
  const key = parseSealKey(text);
  if (key === null) {
    return bad(
      `seal: ${from} holds no seal key; expected the one line that 'usewire device seal' printed, as s2.1.<secret>.`,
    );
  }
  const privateKey = options.privateKey ?? key.privateKey;
  if (key.level === 3 && privateKey === undefined) {
    return bad(`seal: ${from} is of S3 and has no private key in it; give privateKey.`);
  }
  return { ok: true, key: { ...key, privateKey } };
}
