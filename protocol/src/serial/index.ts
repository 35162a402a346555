export { type Checksum, type SerialDirection, serialBody } from './body.ts';
export { encodeSerialFrame, SerialFrameDecoder } from './framed.ts';
export { encodeSerialLine, SerialLineDecoder } from './line.ts';
export type { SerialCounters, SerialFault, SerialReceiverOptions } from './receiver.ts';
