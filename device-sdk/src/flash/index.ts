export { createFlashOutbox } from './outbox.ts';
export type { FlashPort } from './ports.ts';
export { thin } from './thin.ts';
