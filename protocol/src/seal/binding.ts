import { isId, Writer } from '../wire/index.ts';

/** `up` = device to gateway, `dn` = gateway to device. */
export type Direction = 'up' | 'dn';

/** What a seal ties a message to, beside its bytes. */
export interface Binding {
  tenant: string;
  device: string;
  direction: Direction;
}

const maxAadBytes = 80;

/**
 * external_aad of RFC 9052: deterministic CBOR of ["pou1", tenant, device, 0 = up / 1 = dn]. A frame moved to another
 * tenant, device, direction or major version does not verify (POU-SEAL-2). Ids are the caller's to check: a wrong one throws.
 */
export function externalAad(binding: Binding): Uint8Array {
  if (!isId(binding.tenant) || !isId(binding.device)) {
    throw new Error(`not an id: ${binding.tenant} / ${binding.device}`);
  }
  const writer = new Writer(maxAadBytes);
  writer.arrayHead(4);
  writer.text('pou1');
  writer.text(binding.tenant);
  writer.text(binding.device);
  writer.uint(binding.direction === 'up' ? 0 : 1);
  return writer.finish();
}
