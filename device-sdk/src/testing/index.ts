export { boardPorts, fromOctets, toOctets } from './board-ports.ts';
export { storeBootCounter } from './boot-counter.ts';
export { type ManualClock, manualClock } from './manual-clock.ts';
export { type CrashOptions, type MemoryStorage, memoryStorage } from './memory-storage.ts';
export { type MemoryTransport, memoryTransport, type Sent, type StoredData } from './memory-transport.ts';
export { type NorFlash, type NorFlashOptions, norFlash, PowerCut } from './nor-flash.ts';
export { findTexts, holdsText, imageOf } from './planted.ts';
export { seededRandom } from './seeded-random.ts';
