import { keyRing, levelOfKind, type SealContext, type SealKey, seal } from '@usewire/protocol/seal';
import { decodeMessage, encodeMessage, Kind } from '@usewire/protocol/wire';

export interface Identity {
  tenant: string;
  device: string;
}

/** Seals what goes up with one key. */
export type Sealer = (message: Uint8Array) => Uint8Array;

/** A hello tells the levels of its device (label 11), which the core under the seal does not know. */
function withLevels(hello: Uint8Array, level: number): Uint8Array {
  const decoded = decodeMessage(hello);
  if (!decoded.ok || decoded.value.kind !== Kind.hello || decoded.value.levels === undefined) return hello;
  return encodeMessage({ ...decoded.value, levels: [level] });
}

/**
 * A nonce of S2 never comes again under one key for another text (RFC 9053, 4.2; NIST SP 800-38C, 5.3): it is boot and seq of the message.
 * The core gives a number to one message only, which is durable before it is sent and the same bytes each time, in every boot to
 * come too; kinds that share a number are not encrypted (POU-SEAL-6, POU-SEAL-8). So nothing has to be counted or kept here.
 */
export function sealerOf(key: SealKey, id: Identity): Sealer {
  const { level, generation, secret, privateKey } = key;
  const context: SealContext = {
    tenant: id.tenant,
    device: id.device,
    direction: 'up',
    keys: keyRing(generation, [{ generation, secret }]),
    signer: privateKey && { generation, privateKey },
  };
  return (message) => {
    // Map head, label 0, kind: deterministic order puts them first.
    const kind = message[2] ?? 0;
    const text = kind === Kind.hello ? withLevels(message, level) : message;
    return seal(levelOfKind(level, kind), text, context);
  };
}
