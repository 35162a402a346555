import { describe, expect, it } from 'vitest';
import type { BoardOutbox, Kept } from '../board/ports.ts';
import { norFlash, PowerCut, seededRandom } from '../testing/index.ts';
import { createFlashOutbox } from './index.ts';

/** What the test knows of a message: the truth that no power cut may change. */
interface Given {
  body: string;
  worth: number;
  slot: number;
  purpose: number;
  /** Its keeping, or its settling, was under way when the power went: either is right. */
  maybeKept?: boolean;
  settled?: boolean;
  maybeSettled?: boolean;
  withdrawn?: boolean;
}

/** Bodies name themselves, so that a wrong one is seen; thinning takes the tail. */
const bodyOf = (serial: number, length: number) =>
  `<${String(serial).padStart(6, '0')}>${'x'.repeat(length)}`;
const serialOf = (body: string) => Number(/^<(\d+)>x*$/.exec(body)?.[1]);
const thin = (body: string, toMs: number) => {
  const kept = Math.ceil(body.length / (toMs / 6_000));
  const head = body.indexOf('>') + 1;
  return body.length - head <= kept ? null : body.slice(0, head + kept);
};

/** One flash through `cuts` power cuts, at any byte of whatever is being written. Throws what is wrong. */
function live(seed: number, cuts: number): { messages: number; written: number } {
  const random = seededRandom(seed).next;
  const pick = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const flash = norFlash({ segments: pick(3, 6), segmentBytes: 2_048, random });
  const given = new Map<number, Given>();
  let outbox: BoardOutbox | null = null;
  let done = 0;

  const start = () => createFlashOutbox({ port: flash.port, thin });
  const waiting = (from: BoardOutbox) => {
    const found: Kept[] = [];
    for (let kept = from.next(); kept !== null; kept = from.next()) found.push(kept);
    return found;
  };

  /** Every message is waiting, settled, withdrawn or counted as lost; what waits is what was given. */
  const check = () => {
    const there = new Set<number>();
    for (const [, worth, key, body] of waiting(start())) {
      const serial = serialOf(body);
      const truth = given.get(serial);
      expect(truth, `message ${serial} of seed ${seed}`).toBeDefined();
      expect(truth!.body.startsWith(body)).toBe(true);
      expect([key, worth]).toEqual([`${truth!.purpose}:${truth!.slot}`, truth!.worth]);
      expect(truth!.withdrawn ?? false).toBe(false);
      if (truth!.settled) expect(truth!.maybeSettled ?? false).toBe(true);
      there.add(serial);
    }
    let missing = 0;
    let uncertain = 0;
    for (const [serial, truth] of given) {
      if (there.has(serial) || (truth.settled && !truth.maybeSettled)) continue;
      // What was withdrawn may have been lost before that.
      if (truth.maybeKept || truth.maybeSettled || truth.withdrawn) uncertain += truth.worth;
      else missing += truth.worth;
    }
    const lost = start().owed();
    expect(lost).toBeGreaterThanOrEqual(missing);
    expect(lost).toBeLessThanOrEqual(missing + uncertain);
  };

  let serial = 0;
  const keep = () => {
    serial += 1;
    const truth: Given = {
      body: bodyOf(serial, pick(0, 500)),
      worth: pick(1, 9),
      slot: pick(0, 1),
      purpose: pick(0, 2),
      maybeKept: true,
    };
    given.set(serial, truth);
    const { slot, purpose, worth, body } = truth;
    expect(outbox!.keep(pick(1, 3), slot, purpose, worth, body, false)).toBeGreaterThan(0);
    truth.maybeKept = false;
  };
  const settleOne = () => {
    const kept = outbox!.next();
    if (kept === null) return;
    const truth = given.get(serialOf(kept[3]))!;
    truth.maybeSettled = true;
    truth.settled = true;
    outbox!.settle(kept[0]);
    truth.maybeSettled = false;
  };
  const withdraw = () => {
    const [slot, purpose] = [pick(0, 1), pick(1, 2)];
    const hit = [...given.values()].filter((each) => each.slot === slot && each.purpose === purpose);
    // A board wipes again at its start what a withdrawal began: its choice is written down first.
    for (const each of hit) each.withdrawn = true;
    again = () => outbox!.wipe((each, why) => each === slot && why === purpose);
    again();
    again = () => {};
    const image = Buffer.from(flash.image).toString('latin1');
    expect(hit.filter((each) => image.includes(each.body.slice(0, 8)))).toEqual([]);
  };
  let again = () => {};

  while (done < cuts) {
    flash.cutAfter(pick(0, 4_000));
    try {
      outbox = start();
      again();
      again = () => {};
      for (;;) {
        const what = random();
        if (what < 0.55) keep();
        else if (what < 0.97) settleOne();
        else withdraw();
      }
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    done += 1;
    flash.cutAfter(Number.POSITIVE_INFINITY);
    if (done % 10 === 0) {
      outbox = start();
      again();
      again = () => {};
      check();
    }
  }
  expect(Math.max(...flash.erasures)).toBeLessThanOrEqual(1.2 * Math.min(...flash.erasures) + 2);
  return { messages: serial, written: flash.written() };
}

describe('power cuts on the flash of a board', () => {
  it.each(Array.from({ length: 50 }, (_, seed) => seed + 1))(
    '200 of them, seed %i: nothing corrupt, nothing lost without a count, nothing withdrawn left, all segments wear alike',
    (seed) => {
      expect(live(seed, 200).messages).toBeGreaterThan(500);
    },
  );
});
