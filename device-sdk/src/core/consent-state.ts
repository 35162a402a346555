import { type Choice, ChoiceCode } from '@usewire/protocol/wire';
import type { Place } from './place.ts';

/** By code of the purpose. */
export interface SlotChoices {
  [purpose: number]: Choice;
}

/** What the people of one slot decided. */
export interface SlotConsent {
  choices: SlotChoices;
  /** Generation since which a purpose is granted without a break. */
  since: { [purpose: number]: number };
  /** Everything of this slot that was recorded under an earlier generation is erased. */
  erasedAt: number;
  /** Epoch of the last change. */
  epoch: number;
  /** Version of the notice that was seen. */
  notice: string;
  /** Unix ms at which the choices end; 0 = never. */
  validUntilMs: number;
}

/** A choice that is owed to the gateway. */
export interface PendingChoice {
  slot: number;
  /** The epoch it was made on top of. */
  epoch: number;
}

/** An erasure, asked for here or by the gateway. Kept so that it is done once, told, and can be shown. */
export interface Erasure {
  /** 16 bytes. */
  id: Uint8Array;
  /** -1 = everybody. */
  slot: number;
  /** asked: a request of this device that is still to be told. told: so, or one of the gateway. done: erased in every place. */
  step: 'asked' | 'told' | 'done';
  /** Records erased here, and in all places where they are known. */
  here: number;
  total: number;
  /** Unix ms at which the last place answered; 0 = it has not. */
  doneAtMs: number;
}

/** Choices of people, by subject slot. The default is no choice, and without a grant nothing of that purpose is recorded. */
export interface ConsentState {
  epoch: number;
  /** Grows with every change of choices and every erasure on this device; what is on the disk says under which one it was recorded. */
  generation: number;
  slots: { [slot: number]: SlotConsent };
  pending: PendingChoice[];
  /** Oldest first, the last few. */
  erasures: Erasure[];
}

export function noConsent(): ConsentState {
  return { epoch: 0, generation: 0, slots: {}, pending: [], erasures: [] };
}

export function noChoices(): SlotConsent {
  return { choices: {}, since: {}, erasedAt: 0, epoch: 0, notice: '', validUntilMs: 0 };
}

/** Undefined: undecided. */
export function choiceOf(state: ConsentState, slot: number, purpose: number): Choice | undefined {
  const held = state.slots[slot];
  return held === undefined ? undefined : held.choices[purpose];
}

/** Whether data of a place may exist: its purpose is granted and has been since it was recorded, and nobody erased it. */
export function allows(state: ConsentState, place: Place): boolean {
  const held = state.slots[place.slot] || noChoices();
  if (place.generation < held.erasedAt) return false;
  if (place.purpose === 0) return true;
  return (
    held.choices[place.purpose] === ChoiceCode.granted && place.generation >= (held.since[place.purpose] || 0)
  );
}

/** A choice of a person: `false` after a grant is a withdrawal, otherwise a refusal. */
export function choiceFor(before: Choice | undefined, isGranted: boolean): Choice {
  if (isGranted) return ChoiceCode.granted;
  return before === ChoiceCode.granted || before === ChoiceCode.withdrawn
    ? ChoiceCode.withdrawn
    : ChoiceCode.refused;
}

/** What is said of a slot from now on; what is left out stays as it was. */
export interface SlotChange {
  choices: SlotChoices;
  epoch: number;
  notice?: string;
  validUntilMs?: number;
  /** All that is recorded of the slot is erased. */
  erases?: boolean;
}

/** The next state; `state` is left as it is. */
export function changed(state: ConsentState, slot: number, change: SlotChange): ConsentState {
  const before = state.slots[slot] || noChoices();
  const generation = state.generation + 1;
  const next: ConsentState = {
    epoch: Math.max(state.epoch, change.epoch),
    generation: generation,
    slots: {},
    pending: state.pending,
    erasures: state.erasures,
  };
  for (const key in state.slots) next.slots[key] = state.slots[key];
  const since: SlotConsent['since'] = {};
  for (const purpose in change.choices) {
    if (change.choices[purpose] !== ChoiceCode.granted) continue;
    const wasGranted = before.choices[purpose] === ChoiceCode.granted && !change.erases;
    since[purpose] = wasGranted ? before.since[purpose] : generation;
  }
  next.slots[slot] = {
    choices: change.choices,
    since: since,
    erasedAt: change.erases ? generation : before.erasedAt,
    epoch: change.epoch,
    notice: change.notice === undefined ? before.notice : change.notice,
    validUntilMs: change.validUntilMs === undefined ? before.validUntilMs : change.validUntilMs,
  };
  return next;
}
