import type { ModelTable } from '@usewire/protocol/model';
import { type Choice, ChoiceCode, type ConsentMessage } from '@usewire/protocol/wire';
import type { ChoiceTeller } from './choice-teller.ts';
import { type ConsentOptions, type ConsentResult, consentFault, withNames } from './consent.ts';
import type { ConsentBook } from './consent-book.ts';
import {
  allows,
  type ConsentState,
  changed,
  choiceOf,
  noChoices,
  type SlotChange,
  type SlotChoices,
} from './consent-state.ts';
import type { Place } from './place.ts';
import type { WallTime } from './ports.ts';

export interface ConsentDesk {
  set(choices: { [purpose: string]: boolean }, options: ConsentOptions): ConsentResult;
  isGranted(purpose: string, subject?: string): boolean;
  choice(slot: number, purpose: number): Choice | undefined;
  /** Choices that were made in the service. False: they could not be written down. */
  take(message: ConsentMessage): boolean;
  /** Writes down the next state and acts on it. False: the storage did not take it, and nothing changed. */
  apply(next: ConsentState, slot: number): boolean;
  /** 0 = nobody in particular, -1 = the model has no such subject. */
  slotOf(subject: string | undefined): number;
  /** Ends choices whose time is over; returns when the next one ends, in the uptime that `nowMs` is of. */
  run(nowMs: number): number;
}

export interface ConsentDeskContext {
  table: ModelTable;
  book: ConsentBook;
  teller: ChoiceTeller;
  wall: () => WallTime | null;
  /** What is buffered and not allowed any more goes: now from memory, soon from the disk. `stays` is for what is in memory only. */
  drop: (allows: (place: Place) => boolean, stays: (slot: number, purpose: number) => boolean) => void;
  /** Records so far belong to the choices so far. */
  cutAll: () => void;
  /** A person decided: what waited for that is recorded. */
  onDecided: (slot: number) => void;
  wake: () => void;
}

function failed(detail: string): ConsentResult {
  return { ok: false, code: 'DEV_CONSENT', detail: detail };
}

/** Whether what is in memory only stays: it is allowed as before, or nobody had decided on it and nobody says no now. */
function staysWith(before: ConsentState, next: ConsentState, slot: number, purpose: number): boolean {
  const place: Place = { slot: slot, purpose: purpose, generation: before.generation };
  if (allows(next, place)) return true;
  if (purpose === 0 || place.generation < (next.slots[slot] || noChoices()).erasedAt) return false;
  const choice = choiceOf(next, slot, purpose);
  const isOpen = choice === undefined || choice === ChoiceCode.granted;
  return isOpen && choiceOf(before, slot, purpose) === undefined;
}

function withoutEnded(choices: SlotChoices): SlotChoices {
  const left: SlotChoices = {};
  for (const purpose in choices) {
    if (choices[purpose] !== ChoiceCode.granted) left[purpose] = choices[purpose];
  }
  return left;
}

/** A change that a person makes on the device: owed to the gateway. */
export function madeHere(state: ConsentState, slot: number, change: SlotChange): ConsentState {
  const next = changed(state, slot, change);
  next.pending = state.pending.concat([{ slot: slot, epoch: state.epoch }]);
  return next;
}

export function createConsentDesk(context: ConsentDeskContext): ConsentDesk {
  const table = context.table;
  const book = context.book;

  const slotOf = function (subject: string | undefined): number {
    return subject === undefined ? 0 : table.subjects.indexOf(subject) + 1 || -1;
  };
  /** Written down first: a choice that a restart would forget is better refused, and a power cut from here on ends in the next start's purge. */
  const apply = function (next: ConsentState, slot: number): boolean {
    const before = book.state;
    if (!book.save(next)) return false;
    context.drop(
      function (place) {
        return allows(next, place);
      },
      function (ofSlot, purpose) {
        return staysWith(before, next, ofSlot, purpose);
      },
    );
    context.cutAll();
    book.state = next;
    context.onDecided(slot);
    context.teller.run();
    context.wake();
    return true;
  };
  return {
    apply: apply,
    slotOf: slotOf,
    set: function (choices: { [purpose: string]: boolean }, options: ConsentOptions): ConsentResult {
      const slot = slotOf(options.subject);
      if (slot < 0) return failed("the model has no subject '" + String(options.subject) + "'");
      const fault = consentFault(table.purposes, choices);
      if (fault !== '') return failed(fault);
      const held = (book.state.slots[slot] || noChoices()).choices;
      const change: SlotChange = {
        choices: withNames(table.purposes, held, choices),
        epoch: book.state.epoch + 1,
        notice: options.notice,
        validUntilMs: 0,
      };
      if (!apply(madeHere(book.state, slot, change), slot))
        return failed('the storage did not take the choice; try again');
      return { ok: true, epoch: book.state.epoch };
    },
    isGranted: function (purpose: string, subject?: string): boolean {
      const slot = slotOf(subject);
      return table.purposes.some(function (each) {
        const isIt = each.name === purpose && each.needsConsent;
        return isIt && choiceOf(book.state, slot, each.code) === ChoiceCode.granted;
      });
    },
    choice: function (slot: number, purpose: number): Choice | undefined {
      return choiceOf(book.state, slot, purpose);
    },
    take: function (message: ConsentMessage): boolean {
      // Not newer than what is known here: the gateway learns of that by the answer, and by the choice that made it.
      if (message.epoch <= book.state.epoch) return true;
      const change: SlotChange = {
        choices: message.choices,
        epoch: message.epoch,
        validUntilMs: message.validUntilMs || 0,
      };
      return apply(changed(book.state, message.subject, change), message.subject);
    },
    run: function (nowMs: number): number {
      const wall = context.wall();
      let dueMs = Infinity;
      if (wall === null) return dueMs;
      for (const key in book.state.slots) {
        const held = book.state.slots[key];
        if (held.validUntilMs === 0) continue;
        const leftMs = held.validUntilMs - wall.unixMs;
        if (leftMs > 0) dueMs = Math.min(dueMs, nowMs + leftMs);
        else {
          const change = { choices: withoutEnded(held.choices), epoch: held.epoch, validUntilMs: 0 };
          apply(changed(book.state, Number(key), change), Number(key));
        }
      }
      return dueMs;
    },
  };
}
