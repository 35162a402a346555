import { Code, type CodeNumber } from '@usewire/protocol/wire';
import type { Delivery, RefusedSeal, Taken } from './delivery.ts';
import type { IntakeContext } from './intake-context.ts';
import { type MessageRef, sendNack } from './refuse.ts';

interface SealRefusal {
  code: CodeNumber;
  offset: number;
  detail: string;
  /** null = the sender proves nothing, and is told nothing (POU-SEAL-11). */
  answer: CodeNumber | null;
}

const reasons: Partial<Record<CodeNumber, RefusedSeal>> = {
  [Code.authRequired]: 'seal-auth-required',
  [Code.notAuthorised]: 'seal-not-authorised',
  [Code.keyExpired]: 'seal-key-expired',
};

/**
 * Not stored, not put aside, not acknowledged: the message stays with the device, which sends it again when it is allowed to. The
 * connection ends after the answer, so that each attempt costs whoever makes it a new one (POU-SEAL-16).
 */
export function refuseSealed(
  context: IntakeContext,
  delivery: Delivery,
  failure: SealRefusal,
  ref?: MessageRef,
): Taken {
  const { tenant, device, seal } = delivery.device;
  const reason = reasons[failure.code] ?? 'seal-malformed';
  context.log.warn('seal.refused', { tenant, device, reason, detail: failure.detail });
  const isUnsealed = (delivery.seal ?? 0) === 0 && failure.code === Code.authRequired;
  // Who has proven its key on this connection sends nothing without a seal: this came from someone else.
  const isForeign = isUnsealed && seal.proven !== null;
  if (failure.answer !== null && !isForeign) {
    sendNack(context, delivery, failure, ref, { unsealed: isUnsealed });
  }
  return { ok: false, reason };
}
