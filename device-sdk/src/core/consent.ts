import type { ModelTable, PurposeTable } from '@usewire/protocol/model';
import { encodeLabels, type Tree, type TreeMap } from '@usewire/protocol/wire';
import type { Boot } from './boot.ts';
import { getValue, putValue } from './frame.ts';
import type { StoragePort } from './ports.ts';
import type { Store } from './store.ts';

export interface ConsentOptions {
  /** Version of the notice that the person saw. */
  notice: string;
  /** Name of a subject; left out = nobody in particular. */
  subject?: string;
}

export type ConsentResult = { ok: true; epoch: number } | { ok: false; code: 'DEV_CONSENT'; detail: string };

/** As they travel (label 15). */
const refused = 0;
const granted = 1;
const withdrawn = 2;

/** What people chose, by subject slot. The default is no choice, and without a grant nothing of that purpose is recorded. */
interface Choices {
  epoch: number;
  slots: { [slot: number]: { notice: string; choices: TreeMap } };
  /** `[slot, epoch it was made on]` of choices whose message is not in the outbox yet. */
  pending: number[][];
}

const valueName = 'consent';

/** False: the storage did not take it. */
function save(storage: StoragePort, state: Choices): boolean {
  const slots = Object.keys(state.slots).map((slot): Tree => {
    const held = state.slots[Number(slot)];
    return [Number(slot), held.notice, held.choices];
  });
  return putValue(storage, valueName, { 0: state.epoch, 1: slots, 2: state.pending });
}

/** Damaged choices are no choices: nothing that needs a grant is recorded until a person chooses again. */
function load(storage: StoragePort): Choices {
  const value = getValue(storage, valueName);
  const state: Choices = { epoch: 0, slots: {}, pending: [] };
  if (value === null) return state;
  const slots = value[1] as Tree[][];
  for (let i = 0; i < slots.length; i++) {
    state.slots[slots[i][0] as number] = { notice: slots[i][1] as string, choices: slots[i][2] as TreeMap };
  }
  state.epoch = value[0] as number;
  state.pending = value[2] as number[][];
  return state;
}

/** What is wrong with a call of `set`; '' when nothing is. */
function faultOf(purposes: PurposeTable[], choices: { [purpose: string]: unknown }): string {
  const names = Object.keys(choices);
  for (let i = 0; i < names.length; i++) {
    const known = purposes.filter((purpose) => purpose.name === names[i])[0];
    if (known === undefined) return "the model has no purpose '" + names[i] + "'";
    if (!known.needsConsent) return "purpose '" + names[i] + "' does not rest on consent";
    if (typeof choices[names[i]] !== 'boolean') return "'" + names[i] + "' must be true or false";
  }
  return names.length > 0 ? '' : 'no purpose is named';
}

export interface ConsentDesk {
  set(choices: { [purpose: string]: boolean }, options: ConsentOptions): ConsentResult;
  isGranted(purpose: string, subject?: string): boolean;
  isSlotGranted(slot: number, purpose: string): boolean;
  epoch(): number;
  /** Puts choices into the outbox that are not there yet. */
  tellPending(): void;
}

export interface ConsentContext {
  storage: StoragePort;
  table: ModelTable;
  boot: Boot;
  store(): Store;
  nowMs(): number;
  /** Records so far belong to the epoch so far. */
  cutAll(): void;
  wake(): void;
}

export function createConsent(context: ConsentContext): ConsentDesk {
  const table = context.table;
  let state = load(context.storage);

  /** 0 = nobody in particular, -1 = the model has no such subject. */
  const slotOf = (subject: string | undefined): number =>
    subject === undefined ? 0 : table.subjects.indexOf(subject) + 1 || -1;
  const failed = (detail: string): ConsentResult => ({ ok: false, code: 'DEV_CONSENT', detail });
  /** Kind 9 of SPEC.md section 3. Purposes that an update took out of the model are left out. */
  const messageOf = (slot: number, epoch: number): Uint8Array => {
    const choices: TreeMap = {};
    for (let i = 0; i < table.purposes.length; i++) {
      const choice = state.slots[slot].choices[table.purposes[i].name];
      if (choice !== undefined) choices[table.purposes[i].code] = choice;
    }
    const seq = context.store().seq.next;
    return encodeLabels({
      0: 9,
      1: seq,
      2: context.boot,
      3: context.nowMs(),
      5: epoch,
      8: slot,
      15: choices,
    });
  };
  /** After a grant, no is a withdrawal. */
  const withChoices = (slot: number, chosen: { [purpose: string]: boolean }, notice: string): Choices => {
    const before = state.slots[slot] === undefined ? {} : state.slots[slot].choices;
    const choices: TreeMap = {};
    for (const name in before) choices[name] = before[name];
    for (const name in chosen) choices[name] = chosen[name] ? granted : before[name] ? withdrawn : refused;
    const next: Choices = {
      epoch: state.epoch + 1,
      slots: {},
      pending: state.pending.concat([[slot, state.epoch]]),
    };
    for (const key in state.slots) next.slots[Number(key)] = state.slots[Number(key)];
    next.slots[slot] = { notice, choices };
    return next;
  };
  const desk: ConsentDesk = {
    set: (chosen, options) => {
      const slot = slotOf(options.subject);
      if (slot < 0) return failed("the model has no subject '" + options.subject + "'");
      const fault = faultOf(table.purposes, chosen);
      if (fault !== '') return failed(fault);
      const next = withChoices(slot, chosen, options.notice);
      context.cutAll();
      // A choice that is not written down would be forgotten by a restart: better refused now.
      if (!save(context.storage, next)) return failed('the storage did not take the choice; try again');
      state = next;
      desk.tellPending();
      context.wake();
      return { ok: true, epoch: state.epoch };
    },
    isGranted: (purpose, subject) => desk.isSlotGranted(slotOf(subject), purpose),
    isSlotGranted: (slot, purpose) => {
      const held = state.slots[slot];
      return held !== undefined && held.choices[purpose] === granted;
    },
    epoch: () => state.epoch,
    tellPending: () => {
      const before = state.pending.length;
      while (state.pending.length > 0) {
        const next = state.pending[0];
        if (!context.store().appendChoice(messageOf(next[0], next[1]))) break;
        state.pending = state.pending.slice(1);
      }
      if (state.pending.length < before) save(context.storage, state);
    },
  };
  return desk;
}
