import type { ModelTable } from '@usewire/protocol/model';
import type { Boot } from './boot.ts';
import {
  type ConsentOptions,
  type ConsentResult,
  type ConsentState,
  choicesByCode,
  consentFault,
  isGranted,
  loadConsent,
  saveConsent,
  withChoice,
} from './consent.ts';
import type { Entry } from './message-entry.ts';
import type { StoragePort } from './ports.ts';
import type { Store } from './store.ts';
import { choiceMessage } from './up-messages.ts';

export interface ConsentDesk {
  set(choices: { [purpose: string]: boolean }, options: ConsentOptions): ConsentResult;
  isGranted(purpose: string, subject?: string): boolean;
  isSlotGranted(slot: number, purpose: string): boolean;
  epoch(): number;
  /** Puts choices into the outbox that a crash kept out of it. */
  tellPending(): void;
}

export interface ConsentDeskContext {
  storage: StoragePort;
  table: ModelTable;
  boot: Boot;
  store: Store;
  nowMs: () => number;
  /** Records so far belong to the epoch so far. */
  cutAll: () => void;
  onMessage: (entry: Entry) => void;
  wake: () => void;
}

function failed(detail: string): ConsentResult {
  return { ok: false, code: 'DEV_CONSENT', detail: detail };
}

export function createConsentDesk(context: ConsentDeskContext): ConsentDesk {
  const table = context.table;
  let state: ConsentState = loadConsent(context.storage);

  /** 0 = nobody in particular, -1 = the model has no such subject. */
  const slotOf = function (subject: string | undefined): number {
    return subject === undefined ? 0 : table.subjects.indexOf(subject) + 1 || -1;
  };
  const tellPending = function (): void {
    let told = 0;
    for (; told < state.pending.length; told++) {
      const item = state.pending[told];
      const place = {
        boot: context.boot,
        seq: context.store.sequence.next,
        uptimeMs: context.nowMs(),
        wall: null,
      };
      const choices = choicesByCode(table.purposes, state.slots[item.slot] || {});
      const entry = context.store.appendChoice(choiceMessage(place, item.epoch, item.slot, choices));
      if (entry === null) break;
      context.onMessage(entry);
    }
    if (told === 0) return;
    state.pending = state.pending.slice(told);
    saveConsent(context.storage, state);
  };
  const set = function (choices: { [purpose: string]: boolean }, options: ConsentOptions): ConsentResult {
    const slot = slotOf(options.subject);
    if (slot < 0) return failed("the model has no subject '" + String(options.subject) + "'");
    const fault = consentFault(table.purposes, choices);
    if (fault !== '') return failed(fault);
    const next = withChoice(state, slot, choices, options.notice);
    context.cutAll();
    // A choice that is not written down would be forgotten by a restart: better refused now.
    if (!saveConsent(context.storage, next)) return failed('the storage did not take the choice; try again');
    state = next;
    tellPending();
    context.wake();
    return { ok: true, epoch: state.epoch };
  };
  return {
    set: set,
    tellPending: tellPending,
    isGranted: function (purpose: string, subject?: string): boolean {
      return isGranted(state, slotOf(subject), purpose);
    },
    isSlotGranted: function (slot: number, purpose: string): boolean {
      return isGranted(state, slot, purpose);
    },
    epoch: function (): number {
      return state.epoch;
    },
  };
}
