export { type HttpTransportOptions, httpTransport } from './http-transport.ts';
