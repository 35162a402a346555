import { memoryState } from '@usewire/gateway';
import { describe } from 'vitest';
import { sharedStateContract } from './shared-state-contract.ts';

describe('memory state', () => {
  sharedStateContract(async () => {
    const state = memoryState();
    return {
      join: state.join,
      async goAway() {
        state.setAway(true);
        return async () => state.setAway(false);
      },
      end: async () => {},
    };
  });
});
