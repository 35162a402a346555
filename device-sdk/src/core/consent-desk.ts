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
  /** Puts choices into the outbox that are not there, and forgets the debt of those that are there for good. */
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
  /** Messages of the first pending choices. They stay pending until these are durable: the power may take a message and leave the state. */
  let telling: Entry[] = [];

  /** 0 = nobody in particular, -1 = the model has no such subject. */
  const slotOf = function (subject: string | undefined): number {
    return subject === undefined ? 0 : table.subjects.indexOf(subject) + 1 || -1;
  };
  const forgetTold = function (): void {
    let told = 0;
    while (told < telling.length && context.store.syncer.isDurable(telling[told].stamp)) told++;
    if (told === 0) return;
    telling = telling.slice(told);
    state.pending = state.pending.slice(told);
    saveConsent(context.storage, state);
  };
  const put = function (item: ConsentState['pending'][0]): Entry | null {
    const place = {
      boot: context.boot,
      seq: context.store.sequence.next,
      uptimeMs: context.nowMs(),
      wall: null,
    };
    const choices = choicesByCode(table.purposes, state.slots[item.slot] || {});
    const body = choiceMessage(place, item.epoch, item.slot, choices);
    const entry = context.store.appendChoice(item.epoch, body);
    if (entry !== null) context.onMessage(entry);
    return entry;
  };
  let isStart = true;
  const tellPending = function (): void {
    forgetTold();
    while (telling.length < state.pending.length) {
      const item = state.pending[telling.length];
      // An earlier start put it there and was killed before it knew it durable.
      const entry = (isStart && context.store.foundChoice(item.epoch)) || put(item);
      if (entry === null) return;
      telling.push(entry);
    }
    isStart = false;
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
