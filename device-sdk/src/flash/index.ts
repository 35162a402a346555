export { createFlashOutbox } from './outbox.ts';
export type { FlashPort, Kept, Label } from './ports.ts';
export type { FlashOptions, FlashOutbox } from './state.ts';
export { thin } from './thin.ts';
