/** Records that any CBOR tool can read, about twice as large as packed ones: `start(model, { ..., encoding: plain })`. */
export { encodePlain as plain } from '@usewire/protocol/model';
