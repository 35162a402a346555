export type { SealOptions } from './read-key.ts';
export { type SealPlace, type SealStatus, type Seals, sealed } from './seal-transport.ts';
