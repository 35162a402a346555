import {
  emptyWindow,
  judgeSeq,
  keyRing,
  type OpenContext,
  open,
  type SealKey,
  SealLevel,
  withSeq,
} from '@usewire/protocol/seal';
import { type CodeName, codeName } from '@usewire/protocol/wire';
import type { Identity } from './sealer.ts';

export type DownResult =
  | { ok: true; message: Uint8Array }
  | { ok: false; reason: CodeName | 'unknown'; detail: string };

export interface Opener {
  /** From now on with this key. What was seen of counters stays. */
  use(key: SealKey, id: Identity): void;
  open(frame: Uint8Array): DownResult;
}

/** Messages of one connection arrive in order; this allows for a broker in between. */
const windowSize = 64;

/** Opens what comes down: sealed in S1 at least, for this device, and no counter of S2 twice. */
export function createOpener(): Opener {
  let context: OpenContext | null = null;
  let window = emptyWindow(windowSize);
  return {
    use({ generation, secret }, { tenant, device }) {
      const keys = keyRing(generation, [{ generation, secret }]);
      context = { tenant, device, direction: 'dn', keys, minimum: SealLevel.mac };
    },
    open(frame) {
      if (context === null) return { ok: false, reason: 'notAuthorised', detail: 'there is no key' };
      const opened = open(frame, context);
      if (!opened.ok) {
        return { ok: false, reason: codeName(opened.error.code), detail: opened.error.detail };
      }
      const { payload, counter } = opened.value;
      if (counter !== null) {
        const number = Number(counter);
        if (judgeSeq(window, number) !== 'new') {
          return { ok: false, reason: 'replayed', detail: `counter ${counter} has come before` };
        }
        window = withSeq(window, number);
      }
      return { ok: true, message: payload };
    },
  };
}
