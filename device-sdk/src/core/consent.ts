import type { PurposeTable } from '@usewire/protocol/model';
import { type Choice, ChoiceCode, type UintMap } from '@usewire/protocol/wire';
import { getChecked, putChecked } from './boot.ts';
import { ByteBuffer, ByteCursor } from './byte-buffer.ts';
import type { StoragePort } from './ports.ts';
import { readValue, writeInt, writeText } from './row.ts';

export interface ConsentOptions {
  /** Version of the notice that the person saw. */
  notice: string;
  /** Name of a subject; left out = nobody in particular. */
  subject?: string;
}

export type ConsentResult = { ok: true; epoch: number } | { ok: false; code: 'DEV_CONSENT'; detail: string };

/** What a slot decided: purpose name -> choice. */
export type SlotChoices = { [purpose: string]: Choice };

/** Choices of people, by subject slot. The default is no choice, and without a grant nothing of that purpose is recorded. */
export interface ConsentState {
  epoch: number;
  slots: { [slot: number]: SlotChoices };
  notices: { [slot: number]: string };
  /** Slots whose choice message is not in the outbox yet, with the epoch it is made on. */
  pending: { slot: number; epoch: number }[];
}

const consentKey = 'consent';

function writeChoices(out: ByteBuffer, choices: SlotChoices): void {
  const names = Object.keys(choices);
  writeInt(out, names.length);
  for (let i = 0; i < names.length; i++) {
    writeText(out, names[i]);
    writeInt(out, choices[names[i]]);
  }
}

function readChoices(cursor: ByteCursor): SlotChoices {
  const choices: SlotChoices = Object.create(null);
  const count = readValue(cursor) as number;
  for (let i = 0; i < count && cursor.ok; i++) {
    const name = readValue(cursor) as string;
    choices[name] = readValue(cursor) as Choice;
  }
  return choices;
}

/** False: the storage did not take it. */
export function saveConsent(storage: StoragePort, state: ConsentState): boolean {
  const out = new ByteBuffer(128);
  const slots = Object.keys(state.slots);
  writeInt(out, state.epoch);
  writeInt(out, slots.length);
  for (let i = 0; i < slots.length; i++) {
    const slot = Number(slots[i]);
    writeInt(out, slot);
    writeText(out, state.notices[slot] || '');
    writeChoices(out, state.slots[slot]);
  }
  writeInt(out, state.pending.length);
  for (let i = 0; i < state.pending.length; i++) {
    writeInt(out, state.pending[i].slot);
    writeInt(out, state.pending[i].epoch);
  }
  return putChecked(storage, consentKey, out.copy(0, out.size));
}

function noConsent(): ConsentState {
  return { epoch: 0, slots: {}, notices: {}, pending: [] };
}

/** Damaged choices are no choices: nothing that needs a grant is recorded until a person chooses again. */
export function loadConsent(storage: StoragePort): ConsentState {
  const bytes = getChecked(storage, consentKey);
  const state = noConsent();
  if (!bytes) return state;
  const cursor = new ByteCursor(bytes, 0, bytes.length);
  state.epoch = readValue(cursor) as number;
  const slots = readValue(cursor) as number;
  for (let i = 0; i < slots && cursor.ok; i++) {
    const slot = readValue(cursor) as number;
    state.notices[slot] = readValue(cursor) as string;
    state.slots[slot] = readChoices(cursor);
  }
  const pending = readValue(cursor) as number;
  for (let i = 0; i < pending && cursor.ok; i++) {
    state.pending.push({ slot: readValue(cursor) as number, epoch: readValue(cursor) as number });
  }
  return cursor.ok ? state : noConsent();
}

export function isGranted(state: ConsentState, slot: number, purpose: string): boolean {
  const choices = state.slots[slot];
  return choices !== undefined && choices[purpose] === ChoiceCode.granted;
}

/** `false` after a grant is a withdrawal, otherwise a refusal. */
function choiceFor(before: Choice | undefined, granted: boolean): Choice {
  if (granted) return ChoiceCode.granted;
  return before === ChoiceCode.granted || before === ChoiceCode.withdrawn
    ? ChoiceCode.withdrawn
    : ChoiceCode.refused;
}

/** What is wrong with a call of `consent.set`; '' when nothing is. */
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

/** The state after a person's choice: a new epoch, and a choice message owed to the gateway. */
export function withChoice(
  state: ConsentState,
  slot: number,
  choices: { [purpose: string]: boolean },
  notice: string,
): ConsentState {
  const next = noConsent();
  const made: SlotChoices = Object.create(null);
  const before: SlotChoices = state.slots[slot] || {};
  for (const name in before) made[name] = before[name];
  for (const name in choices) made[name] = choiceFor(before[name], choices[name]);
  for (const key in state.slots) {
    next.slots[Number(key)] = state.slots[Number(key)];
    next.notices[Number(key)] = state.notices[Number(key)];
  }
  next.slots[slot] = made;
  next.notices[slot] = notice;
  next.epoch = state.epoch + 1;
  next.pending = state.pending.concat([{ slot: slot, epoch: state.epoch }]);
  return next;
}

/** Choices as they travel: by purpose code. Purposes that an update took out of the model are left out. */
export function choicesByCode(purposes: PurposeTable[], choices: SlotChoices): UintMap<Choice> {
  const made: UintMap<Choice> = {};
  for (let i = 0; i < purposes.length; i++) {
    const choice = choices[purposes[i].name];
    if (choice !== undefined) made[purposes[i].code] = choice;
  }
  return made;
}
