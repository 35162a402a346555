import { Kind, type Message, toHex } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { findTexts, imageOf } from '../testing/index.ts';
import { setUp } from './set-up.fixture.ts';

const notice = { notice: '2026-09' };
type World = ReturnType<typeof setUp>;

/** Both sides said something under a grant, and moved the bed, which needs none. */
function lived(): World {
  const world = setUp({ minRetryMs: 10, maxRetryMs: 100 });
  world.gateway.setOnline(false);
  for (const side of ['left', 'right'] as const) {
    world.device.consent[side].set({ health: true }, notice);
    world.device.points.said[side]({ text: `planted-${side}` });
    world.device.points.position_changed[side]({ preset: 'tv', angle: 3, by: `moved-by-${side}` });
    world.device.points.naps[side].add(2);
  }
  world.device.points.count({ n: 1 });
  world.run(70_000);
  return world;
}
const sentOf = <K extends Message['kind']>(world: World, kind: K) =>
  world.gateway.sent.flatMap(({ message }) =>
    message.kind === kind ? [message as Extract<Message, { kind: K }>] : [],
  );
const erased = (slot?: number, range?: [number, number]) => {
  const subject = slot === undefined ? {} : { subject: slot };
  return {
    kind: Kind.erase,
    requestId: new Uint8Array(16).fill(7),
    ...subject,
    ...(range && { range }),
  } as const;
};

describe('forget', () => {
  it('erases all of a person here at once, withdraws, and asks the gateway with the same id', () => {
    const world = lived();
    const result = world.device.consent.left.forget();
    expect(result.ok).toBe(true);
    world.device.tick();
    world.device.tick();
    const image = imageOf(world.storage);
    expect(findTexts(image, ['planted-left', 'moved-by-left'])).toEqual([]);
    expect(findTexts(image, ['planted-right', 'moved-by-right'])).toHaveLength(2);
    world.gateway.setOnline(true);
    world.run(100_000);
    expect(world.gateway.stored.map((each) => each.subject).sort()).toEqual([0, 2, 2]);
    expect(world.gateway.gapCount()).toBe(0);
    expect(sentOf(world, Kind.choice).at(-1)).toMatchObject({ subject: 1, choices: { 6: 2 } });
    const [request, ...more] = sentOf(world, Kind.eraseReq);
    expect(more).toEqual([]);
    expect(request).toMatchObject({ subject: 1 });
    expect(result.ok && result.id).toBe(toHex(request!.requestId));
    expect(world.device.consent.erasures()).toMatchObject([
      { subject: 'left', step: 'asked', here: 3, total: 0 },
    ]);
    expect(world.device.consent.left.isGranted('health')).toBe(false);
  });

  it('of everybody is what a reset or a sale needs', () => {
    const world = lived();
    world.device.consent.forget();
    world.run(3000);
    expect(findTexts(imageOf(world.storage), ['planted-', 'moved-by-'])).toEqual([]);
    world.gateway.setOnline(true);
    world.run(100_000);
    expect(world.gateway.recordCount()).toBe(0);
    expect(sentOf(world, Kind.eraseReq)).toHaveLength(1);
    expect(sentOf(world, Kind.eraseReq)[0]).not.toHaveProperty('subject');
    expect(sentOf(world, Kind.choice).slice(-2)).toMatchObject([
      { choices: { 6: 2 } },
      { choices: { 6: 2 } },
    ]);
  });

  it('tells again what a message told that is erased with the rest', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    world.device.points.count({ n: -1 });
    world.run(30_000);
    world.device.consent.forget();
    world.gateway.setOnline(true);
    world.run(100_000);
    expect(world.gateway.gapCount()).toBe(1);
  });

  it('is asked for again after a restart until it is durable, and shows the receipt after one', () => {
    const world = lived();
    world.storage.holdSyncs(true);
    world.device.consent.left.forget();
    world.storage.crash({ dropUnsynced: true });
    world.restart();
    world.gateway.setOnline(true);
    world.run(100_000);
    const { requestId } = sentOf(world, Kind.eraseReq)[0]!;
    world.gateway.push({
      kind: Kind.eraseReceipt,
      requestId,
      count: 412,
      state: { 0: 1_790_000_000_000, 1: 'store: 412' },
    });
    world.run(1000);
    expect(sentOf(world, Kind.eraseAck)).toMatchObject([{ requestId }]);
    world.restart();
    expect(world.device.consent.erasures()).toMatchObject([
      { subject: 'left', step: 'everywhere', total: 412, doneAtMs: 1_790_000_000_000 },
    ]);
  });

  it('is refused when the storage does not take it', () => {
    const world = lived();
    world.storage.setBroken(true);
    expect(world.device.consent.left.forget()).toMatchObject({ ok: false, code: 'DEV_CONSENT' });
    expect(world.device.consent.erasures()).toEqual([]);
  });
});

describe('an erasure that the gateway asks for', () => {
  it('is done, answered with how many records it was, and done once', () => {
    const world = lived();
    world.gateway.setOnline(true);
    world.gateway.loseAcks(() => true);
    world.run(500);
    world.gateway.push(erased(1));
    world.gateway.loseAcks(null);
    world.run(100_000);
    world.device.points.position_changed.left({ preset: 'flat', angle: 1 });
    world.restart();
    world.run(500);
    world.gateway.push(erased(1));
    world.run(100_000);
    const acks = sentOf(world, Kind.eraseAck).map((each) => each.count);
    expect(acks).toEqual([3, 3]);
    expect(world.records('position_changed').map((each) => each.attributes.preset)).toContain('flat');
    expect(world.device.consent.left.isGranted('health')).toBe(false);
    expect(world.device.consent.right.isGranted('health')).toBe(true);
  });

  it('of a stretch of time leaves the choices', () => {
    const world = lived();
    world.gateway.setOnline(true);
    world.gateway.loseAcks(() => true);
    world.run(500);
    world.gateway.push(erased(1, [0, 1_800_000_000_000]));
    expect(world.device.consent.left.isGranted('health')).toBe(true);
    expect(world.device.status().withdrawn).toBe(3);
  });

  it('without a subject is for everybody', () => {
    const world = lived();
    world.gateway.setOnline(true);
    world.gateway.loseAcks(() => true);
    world.run(500);
    world.gateway.push(erased());
    world.run(5000);
    expect(findTexts(imageOf(world.storage), ['planted-', 'moved-by-'])).toEqual([]);
    expect(world.device.status()).toMatchObject({ withdrawn: 7 });
  });
});
