export type * from './domain/ports.ts';
export { createGateway } from './gateway.ts';
export type * from './gateway-types.ts';
