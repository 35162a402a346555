import type { Choice, UintMap } from '@usewire/protocol/wire';
import type { Boot } from './boot.ts';
import type { ConsentBook } from './consent-book.ts';
import { noChoices, type PendingChoice } from './consent-state.ts';
import type { Entry } from './message-entry.ts';
import type { Store } from './store.ts';
import { choiceMessage } from './up-messages.ts';

/** Tells the gateway what people chose on the device: durable, before the data it allows. */
export interface ChoiceTeller {
  /** Puts choices into the outbox that are not there, and forgets the debt of those that are there for good. */
  run(): void;
  /** The gateway does not know an epoch of this device: every slot's choices are owed once more. */
  tellAgain(): void;
}

export interface ChoiceTellerContext {
  book: ConsentBook;
  boot: Boot;
  store: Store;
  nowMs: () => number;
  onMessage: (entry: Entry) => void;
}

export function createChoiceTeller(context: ChoiceTellerContext): ChoiceTeller {
  const book = context.book;
  /** Messages of the first pending choices. They stay pending until these are durable: the power may take a message and leave the state. */
  let telling: Entry[] = [];
  let isStart = true;

  const forgetTold = function (): void {
    let told = 0;
    while (told < telling.length && context.store.syncer.isDurable(telling[told].stamp)) told++;
    if (told === 0) return;
    telling = telling.slice(told);
    book.state.pending = book.state.pending.slice(told);
    book.save(book.state);
  };
  const put = function (item: PendingChoice): Entry | null {
    const place = {
      boot: context.boot,
      seq: context.store.sequence.next,
      uptimeMs: context.nowMs(),
      wall: null,
    };
    const held = (book.state.slots[item.slot] || noChoices()).choices;
    const choices: UintMap<Choice> = {};
    for (const purpose in held) choices[purpose] = held[purpose];
    const body = choiceMessage(place, item.epoch, item.slot, choices);
    const entry = context.store.appendChoice(item.epoch, body);
    if (entry !== null) context.onMessage(entry);
    return entry;
  };
  return {
    run: function (): void {
      forgetTold();
      while (telling.length < book.state.pending.length) {
        const item = book.state.pending[telling.length];
        // An earlier start put it there and was killed before it knew it durable.
        const entry = (isStart && context.store.foundChoice(item.epoch)) || put(item);
        if (entry === null) return;
        telling.push(entry);
      }
      isStart = false;
    },
    tellAgain: function (): void {
      for (const key in book.state.slots) {
        const held = book.state.slots[key];
        const isSaid = Object.keys(held.choices).length > 0;
        if (held.epoch > 0 && isSaid) book.state.pending.push({ slot: Number(key), epoch: held.epoch - 1 });
      }
    },
  };
}
