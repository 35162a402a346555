import type { ModelTable } from '@usewire/protocol/model';
import { ChoiceCode, type EraseMessage, type EraseReceiptMessage } from '@usewire/protocol/wire';
import { type Boot, toHex } from './boot.ts';
import type { ConsentBook } from './consent-book.ts';
import { type ConsentDesk, madeHere } from './consent-desk.ts';
import { type ConsentState, changed, type Erasure, noChoices, type SlotChoices } from './consent-state.ts';
import type { Entry } from './message-entry.ts';
import type { RandomPort } from './ports.ts';
import type { Store } from './store.ts';
import { eraseAckMessage, eraseReqMessage, type UpPlace } from './up-messages.ts';

export type ForgetResult = { ok: true; id: string } | { ok: false; code: 'DEV_CONSENT'; detail: string };

/** How an erasure is, for the person it is for. */
export interface ErasureStatus {
  /** 32 hex digits; the gateway and its sinks know it by the same. */
  id: string;
  /** Null: everybody. */
  subject: string | null;
  /** erased here; asked of the gateway, when it is told; erased in every place that had data. */
  step: 'here' | 'asked' | 'everywhere';
  /** Records erased on the device, and in all places. */
  here: number;
  total: number;
  /** Unix ms; 0 = not everywhere yet. */
  doneAtMs: number;
}

export interface ErasureDesk {
  /** Erases what the device holds of a slot (-1: of everybody) at once, and asks the gateway to do the same everywhere. */
  forget(slot: number): ForgetResult;
  /** The gateway asks. */
  take(message: EraseMessage): void;
  takeReceipt(message: EraseReceiptMessage): void;
  /** Puts requests into the outbox that are not there for good. */
  run(): void;
  list(): ErasureStatus[];
}

export interface ErasureDeskContext {
  table: ModelTable;
  book: ConsentBook;
  consent: ConsentDesk;
  boot: Boot;
  store: Store;
  random: RandomPort;
  nowMs: () => number;
  /** Records that people took back, since this start. */
  withdrawn: () => number;
  onMessage: (entry: Entry) => void;
}

/** Of erasures that are remembered; the oldest goes first. */
const maxErasures = 16;

function withdrawnAll(choices: SlotChoices): SlotChoices {
  const made: SlotChoices = {};
  for (const purpose in choices) {
    made[purpose] = choices[purpose] === ChoiceCode.granted ? ChoiceCode.withdrawn : choices[purpose];
  }
  return made;
}

function hasGrant(choices: SlotChoices): boolean {
  for (const purpose in choices) if (choices[purpose] === ChoiceCode.granted) return true;
  return false;
}

export function createErasureDesk(context: ErasureDeskContext): ErasureDesk {
  const book = context.book;
  /** Requests whose message is in the outbox, and may not be durable yet. */
  let telling: { id: string; entry: Entry }[] = [];

  const slotsOf = function (slot: number): number[] {
    const slots: number[] = [];
    for (let i = 0; i <= context.table.subjects.length; i++) if (slot < 0 || slot === i) slots.push(i);
    return slots;
  };
  const append = function (make: (place: UpPlace) => Uint8Array): Entry | null {
    const body = make({
      boot: context.boot,
      seq: context.store.sequence.next,
      uptimeMs: context.nowMs(),
      wall: null,
    });
    const entry = context.store.appendChoice(null, body);
    if (entry !== null) context.onMessage(entry);
    return entry;
  };
  const find = function (id: Uint8Array): Erasure | null {
    for (let i = 0; i < book.state.erasures.length; i++) {
      if (toHex(book.state.erasures[i].id) === toHex(id)) return book.state.erasures[i];
    }
    return null;
  };
  /** One state with all of it, so that a power cut leaves no half of an erasure. */
  const erase = function (next: ConsentState, erasure: Erasure): boolean {
    const before = context.withdrawn();
    next.erasures = book.state.erasures.concat([erasure]).slice(-maxErasures);
    if (!context.consent.apply(next, erasure.slot)) return false;
    erasure.here = context.withdrawn() - before;
    book.save(book.state);
    return true;
  };
  const acknowledge = function (erasure: Erasure): void {
    append(function (place) {
      return eraseAckMessage(place, erasure.id, erasure.here);
    });
  };
  const newErasure = function (id: Uint8Array, slot: number, step: Erasure['step']): Erasure {
    return { id: id, slot: slot, step: step, here: 0, total: 0, doneAtMs: 0 };
  };
  const run = function (): void {
    const told = telling.filter(function (item) {
      return context.store.syncer.isDurable(item.entry.stamp);
    });
    telling = telling.filter(function (item) {
      return told.indexOf(item) < 0;
    });
    for (let i = 0; i < book.state.erasures.length; i++) {
      const erasure = book.state.erasures[i];
      const id = toHex(erasure.id);
      const isIt = function (item: { id: string }): boolean {
        return item.id === id;
      };
      if (told.some(isIt)) erasure.step = 'told';
      if (erasure.step !== 'asked' || telling.some(isIt)) continue;
      // A kill between message and note makes two messages of one request; its id says that they are one.
      const entry = append(function (place) {
        return eraseReqMessage(place, erasure.id, erasure.slot);
      });
      if (entry !== null) telling.push({ id: id, entry: entry });
    }
    if (told.length > 0) book.save(book.state);
  };
  return {
    run: run,
    forget: function (slot: number): ForgetResult {
      const id = new Uint8Array(16);
      context.random.fill(id);
      let next = book.state;
      slotsOf(slot).forEach(function (each) {
        const held = (next.slots[each] || noChoices()).choices;
        const ends = hasGrant(held);
        const change = { choices: withdrawnAll(held), epoch: next.epoch + (ends ? 1 : 0), erases: true };
        next = ends ? madeHere(next, each, change) : changed(next, each, change);
      });
      if (!erase(next, newErasure(id, slot, 'asked')))
        return { ok: false, code: 'DEV_CONSENT', detail: 'the storage did not take the request; try again' };
      run();
      return { ok: true, id: toHex(id) };
    },
    take: function (message: EraseMessage): void {
      const known = find(message.requestId);
      const slot = message.subject === undefined ? -1 : message.subject;
      const erasure = known || newErasure(message.requestId, slot, 'told');
      if (known === null) {
        let next = book.state;
        slotsOf(slot).forEach(function (each) {
          const held = next.slots[each] || noChoices();
          // All of a person is erased, the choices too: who wants to go on chooses again. A stretch of time leaves them.
          const choices = message.range === undefined ? {} : held.choices;
          next = changed(next, each, { choices: choices, epoch: held.epoch, erases: true });
        });
        if (!erase(next, erasure)) return;
      }
      acknowledge(erasure);
    },
    takeReceipt: function (message: EraseReceiptMessage): void {
      const erasure = find(message.requestId);
      const at = message.state === undefined ? 0 : message.state[0];
      if (erasure !== null) {
        erasure.step = 'done';
        erasure.total = message.count;
        erasure.doneAtMs = typeof at === 'number' ? at : 0;
        if (!book.save(book.state)) return;
      }
      acknowledge(erasure || newErasure(message.requestId, -1, 'done'));
    },
    list: function (): ErasureStatus[] {
      return book.state.erasures.map(function (erasure) {
        return {
          id: toHex(erasure.id),
          subject: erasure.slot > 0 ? context.table.subjects[erasure.slot - 1] || null : null,
          step: erasure.step === 'asked' ? 'here' : erasure.step === 'told' ? 'asked' : 'everywhere',
          here: erasure.here,
          total: erasure.total,
          doneAtMs: erasure.doneAtMs,
        };
      });
    },
  };
}
