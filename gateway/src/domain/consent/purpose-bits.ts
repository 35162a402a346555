import { consentBit } from '@usewire/protocol/model';
import { ChoiceCode } from '@usewire/protocol/wire';
import type { Choices } from './ledger-entry.ts';

/** What a set of choices grants, as `consentBit` of each purpose. */
export function grantedBits(choices: Choices): number {
  let bits = 0;
  for (const code in choices) {
    if (choices[code] === ChoiceCode.granted) bits |= consentBit(Number(code));
  }
  return bits & ~UNGRANTABLE;
}

/** The bit of purposes that no choice can name: whatever is told, it is never granted. */
const UNGRANTABLE = consentBit(0);
