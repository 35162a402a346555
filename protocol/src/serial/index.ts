export { type Checksum, type SerialDirection, type SerialKind, serialBody } from './body.ts';
export { encodeSerialFrame, SerialFrameDecoder } from './framed.ts';
export { encodeSerialLine, SerialLineDecoder } from './line.ts';
export {
  decodeHangUp,
  decodeReceipt,
  encodeHangUp,
  encodeReceipt,
  type HangUp,
  type HangUpCause,
  maxReceipts,
} from './link.ts';
export type { SerialCounters, SerialFault, SerialReceiverOptions } from './receiver.ts';
