import type { PurposeTable } from '@usewire/protocol/model';
import { choiceFor, type SlotChoices } from './consent-state.ts';

export interface ConsentOptions {
  /** Version of the notice that the person saw. */
  notice: string;
  /** Name of a subject; left out = nobody in particular. */
  subject?: string;
}

export type ConsentResult = { ok: true; epoch: number } | { ok: false; code: 'DEV_CONSENT'; detail: string };

/** What is wrong with choices that are to be made; '' when nothing is. */
export function consentFault(purposes: PurposeTable[], choices: { [purpose: string]: unknown }): string {
  const names = Object.keys(choices);
  if (names.length === 0) return 'no purpose is named';
  for (let i = 0; i < names.length; i++) {
    const known = purposes.filter(function (purpose) {
      return purpose.name === names[i];
    })[0];
    if (known === undefined) return "the model has no purpose '" + names[i] + "'";
    if (!known.needsConsent) return "purpose '" + names[i] + "' does not rest on consent";
    if (typeof choices[names[i]] !== 'boolean')
      return "the choice for '" + names[i] + "' must be true or false";
  }
  return '';
}

/** All choices of a slot after a person changed some. Purposes with the same code are one: a no to either is a no. */
export function withNames(
  purposes: PurposeTable[],
  before: SlotChoices,
  choices: { [purpose: string]: boolean },
): SlotChoices {
  const made: SlotChoices = {};
  const said: { [code: number]: boolean } = {};
  for (const code in before) made[code] = before[code];
  for (let i = 0; i < purposes.length; i++) {
    const choice = choices[purposes[i].name];
    const code = purposes[i].code;
    if (choice !== undefined && purposes[i].needsConsent) said[code] = choice && said[code] !== false;
  }
  for (const code in said) made[code] = choiceFor(before[code], said[code]);
  return made;
}
