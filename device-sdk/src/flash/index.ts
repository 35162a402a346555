export { createFlashOutbox } from './outbox.ts';
export type { FlashPort } from './ports.ts';
export type { FlashOptions } from './state.ts';
export { thin } from './thin.ts';
