export { type SerialTransportOptions, serialTransport } from './serial-transport.ts';
export type { OpenSerialStream, SerialStream } from './stream.ts';
