import { Code, decodeMessage, type EraseReqMessage, encodeMessage, Kind } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { setUp } from './bed-board.fixture.ts';

const noon = Date.UTC(2026, 5, 1, 12);

describe('a record', () => {
  it('of every kind arrives as it was made', () => {
    const world = setUp();
    world.clock.advance(700_000);
    world.board.record('moved', { preset: 'zero g', angle: 30, by: 'Zoë', intent: 'care' }, 'left');
    world.board.record('motor', 36.6);
    world.board.record('light', 'bright');
    world.board.record('lifts', 2);
    world.board.record('lifts', 3);
    world.board.record('massage', 600_000, { program: 'pulse', done: true });
    world.board.record('place', { at: { lat: 52.52, lon: -13.405, accuracyM: 12 } });
    world.board.record('place');
    world.run(20_000);
    expect(world.gateway.refused).toEqual([]);
    expect(world.records('moved')[0]).toMatchObject({
      attributes: { preset: 'zero g', angle: 30, by: 'Zoë', intent: 'care' },
    });
    expect(world.records('motor')[0]).toMatchObject({ value: 36.6, uptimeMs: 700_000 });
    expect(world.records('light')[0]).toMatchObject({ value: 'bright' });
    expect(world.records('lifts').map((each) => each.value)).toEqual([5]);
    expect(world.records('massage')[0]).toMatchObject({ value: 600, uptimeMs: 100_000 });
    expect(world.records('place').map((each) => each.attributes['at'])).toEqual([
      { lat: 52.52, lon: -13.405, accuracyM: 12 },
      undefined,
    ]);
    expect(world.board.status()).toMatchObject({ accepted: 7, acked: 7, queued: 0 });
  });

  it('is encoded in the one way that the protocol has', () => {
    const world = setUp();
    world.board.consent({ health: true }, 'left');
    for (let i = 0; i < 120; i += 1) {
      world.board.record('heart', 60 + (i % 7), undefined, 'left');
      world.board.record('count', { n: i * 700 });
      world.run(1000, 500);
    }
    world.run(20_000);
    const messages = world.gateway.sent.filter((each) => each.leaf === 'up');
    expect(messages.length).toBeGreaterThan(10);
    for (const { bytes } of messages) {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) throw new Error(decoded.error.detail);
      expect(encodeMessage(decoded.value)).toEqual(bytes);
    }
    expect(world.records('count')).toHaveLength(120);
    expect(world.records('heart').map((each) => each.value)).toEqual(
      Array.from({ length: 120 }, (_, i) => 60 + (i % 7)),
    );
  });

  it('that the model does not allow is counted and told', () => {
    const world = setUp();
    world.board.record('motor', 400);
    world.board.record('motor', Number.NaN);
    world.board.record('motor', '36');
    world.board.record('light', 'pink');
    world.board.record('moved', { preset: 'flat', angle: 3 });
    world.board.record('moved', { preset: 'flat' }, 'left');
    world.board.record('moved', { preset: 'flat', angle: 3, by: 'x'.repeat(17) }, 'left');
    world.board.record('place', { at: { lat: 91, lon: 0 } });
    world.board.record('nothing', 3);
    world.run(20_000);
    expect(world.gateway.gapCount('invalid')).toBe(9);
    expect(world.board.status()).toMatchObject({ accepted: 9, queued: 0, drops: { invalid: 9 } });
  });

  it('of a critical point does not wait', () => {
    const world = setUp();
    world.run(500);
    world.board.record('overheat', { celsius: 99.5 });
    world.run(100);
    expect(world.records('overheat')).toHaveLength(1);
  });

  it('is not made while variables are short, and that is told', () => {
    const world = setUp();
    world.ports.free = () => 100;
    world.board.record('count', { n: 1 });
    world.ports.free = () => 1000;
    world.run(20_000);
    expect(world.gateway.gapCount('overflow')).toBe(1);
  });
});

describe('a message', () => {
  it('is never longer than the option says, with all that it may tell at once', () => {
    const world = setUp({ flushIntervalMs: 60_000 });
    world.clock.setWall({ unixMs: noon, quality: 1, boundMs: 86_400_000 });
    world.clock.advance(1e12);
    for (let i = 0; i < 300; i += 1) {
      world.board.record('moved', { preset: 'tv', angle: 60, by: 'x'.repeat(16), intent: 'care' }, 'right');
      world.board.record('count', { n: 1_000_000 });
      if (i % 3 === 0) world.board.record('motor', Number.NaN);
      world.run(3000, 1000);
    }
    world.run(100_000);
    const longest = Math.max(...world.gateway.sent.map((each) => each.bytes.length));
    expect(longest).toBeLessThanOrEqual(512);
    expect(longest).toBeGreaterThan(300);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(700);
  });
});

describe('a series', () => {
  it('begins a new block at a hole, so that no sample moves in time', () => {
    const world = setUp();
    world.board.consent({ health: true }, 'right');
    const times: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      times.push(world.clock.uptimeMs());
      world.board.record('heart', 61, undefined, 'right');
      world.run(i === 12 ? 5000 : 1000);
    }
    world.run(20_000);
    expect(world.records('heart').map((each) => each.uptimeMs)).toEqual(times);
  });
});

describe('consent', () => {
  it('lets nothing pass that nobody granted, and leaves no trace of it', () => {
    const world = setUp();
    world.board.record('heart', 61, undefined, 'left');
    world.run(20_000);
    expect(world.gateway.stored).toEqual([]);
    expect(world.board.status()).toMatchObject({ accepted: 0, queued: 0 });
  });

  it('goes before the data it allows, and holds for its subject only', () => {
    const world = setUp();
    expect(world.board.consent({ health: true }, 'left')).toBe(true);
    world.board.record('heart', 61, undefined, 'left');
    world.board.record('heart', 62, undefined, 'right');
    world.run(20_000);
    const kinds = world.gateway.sent.filter((each) => each.leaf === 'up').map((each) => each.message.kind);
    expect(kinds).toEqual([Kind.choice, Kind.data]);
    expect(world.gateway.stored[0]).toMatchObject({ epoch: 1, subject: 1 });
    expect(world.records('heart')).toHaveLength(1);
  });

  it('is kept over a loss of power; a withdrawal ends it', () => {
    const world = setUp();
    world.board.consent({ health: true }, 'left');
    world.restart();
    world.board.record('heart', 61, undefined, 'left');
    world.board.consent({ health: false }, 'left');
    world.board.record('heart', 62, undefined, 'left');
    world.run(20_000);
    expect(world.records('heart')).toEqual([]);
    expect(world.gateway.gapCount()).toBe(0);
    expect(world.board.status()).toMatchObject({ accepted: 1, withdrawn: 1, queued: 0 });
    expect(world.gateway.choices.at(-1)).toMatchObject({ epoch: 1, choices: { 6: 2 } });
  });

  it('is refused for what is no purpose, and when the storage does not take it', () => {
    const world = setUp();
    expect(world.board.consent({ nothing: true }, 'left')).toBe(false);
    world.storage.setBroken(true);
    expect(world.board.consent({ health: true }, 'left')).toBe(false);
    world.board.record('heart', 61, undefined, 'left');
    expect(world.board.status().accepted).toBe(0);
  });
});

describe('what a person takes back', () => {
  it('is gone from the queue, and from the link it is on; that of others stays', () => {
    const world = setUp({ maxQueueBytes: 4000, ackTimeoutMs: 600_000 });
    world.board.consent({ health: true }, 'left');
    world.board.consent({ health: true }, 'right');
    world.run(200);
    world.gateway.loseAcks(() => true);
    world.board.record('heart', 61, undefined, 'left');
    world.board.record('heart', 161, undefined, 'right');
    world.board.record('count', { n: 1 });
    world.run(12_000);
    expect(world.board.consent({ health: false }, 'left')).toBe(true);
    expect(world.gateway.isOpen()).toBe(false);
    world.gateway.loseAcks(null);
    const before = world.gateway.sent.length;
    world.run(20_000);
    const again = world.gateway.sent
      .slice(before)
      .flatMap(({ message }) => (message.kind === Kind.data ? [message.subject ?? 0] : []));
    expect(again.sort()).toEqual([0, 2]);
    expect(world.board.status()).toMatchObject({ queued: 0, withdrawn: 1 });
  });

  it('is never in a message with what needs no grant, nor does it tell losses', () => {
    const world = setUp();
    world.board.consent({ health: true }, 'left');
    world.board.record('motor', 9999);
    world.board.record('heart', 61, undefined, 'left');
    world.board.record('moved', { preset: 'tv', angle: 3 }, 'left');
    world.run(20_000);
    const told = world.gateway.stored.map(
      (each) => each.records.map((record) => record.point).join() + each.gaps.length,
    );
    expect(told.sort()).toEqual(['1', 'heart0', 'moved0']);
  });
});

describe('what nobody decided on', () => {
  it('waits, and counts with its own time once it is granted', () => {
    const world = setUp();
    world.board.record('heart', 61, undefined, 'left');
    world.run(30_000);
    world.board.record('heart', 62, undefined, 'left');
    expect(world.board.status()).toMatchObject({ accepted: 0, queued: 0 });
    world.board.consent({ health: true }, 'left');
    world.run(20_000);
    expect(world.records('heart').map((each) => [each.uptimeMs, each.value])).toEqual([
      [0, 61],
      [30_000, 62],
    ]);
    expect(world.gateway.stored[0]).toMatchObject({ epoch: 1, subject: 1 });
    expect(world.board.status()).toMatchObject({ accepted: 2, acked: 2 });
  });

  it('is gone without a trace when it is refused, and when it has no room', () => {
    const world = setUp();
    for (let i = 0; i < 2000; i += 1) world.board.record('heart', 60 + (i % 9), undefined, 'right');
    world.board.record('heart', 61, undefined, 'left');
    world.board.consent({ health: false }, 'left');
    world.board.consent({ health: true }, 'left');
    world.board.consent({ health: true }, 'right');
    world.run(20_000);
    const { accepted, withdrawn } = world.board.status();
    expect(accepted).toBe(world.gateway.recordCount());
    expect(accepted).toBeLessThan(200);
    expect([withdrawn, world.gateway.gapCount()]).toEqual([0, 0]);
    expect(world.records('heart').length).toBeGreaterThan(10);
  });
});

describe('choices of the service', () => {
  const consent = (epoch: number, choices: Record<number, 0 | 1 | 2>) =>
    ({ kind: Kind.consent, epoch, subject: 1, choices }) as const;
  const acks = (world: ReturnType<typeof setUp>) =>
    world.gateway.sent.map((each) => each.message).filter((each) => each.kind === Kind.consentAck);

  it('are acted on, kept and answered; older ones are answered only', () => {
    const world = setUp();
    world.run(200);
    world.gateway.push(consent(5, { 6: 1 }));
    world.board.record('heart', 61, undefined, 'left');
    world.gateway.push(consent(4, { 6: 2 }));
    world.run(20_000);
    expect(world.records('heart').map((each) => each.value)).toEqual([61]);
    world.board.record('heart', 62, undefined, 'left');
    world.gateway.push(consent(6, {}));
    world.restart();
    world.run(20_000);
    expect(world.records('heart')).toHaveLength(1);
    expect(acks(world)).toMatchObject([
      { epoch: 5, subject: 1 },
      { epoch: 5, subject: 1 },
      { epoch: 6, subject: 1 },
    ]);
  });
});

describe('an erasure', () => {
  const lived = () => {
    const world = setUp({ maxQueueBytes: 4000, minRetryMs: 10, maxRetryMs: 100 });
    world.gateway.setOnline(false);
    for (const side of ['left', 'right']) {
      world.board.consent({ health: true }, side);
      world.board.record('heart', 61, undefined, side);
      world.board.record('moved', { preset: 'tv', angle: 3 }, side);
    }
    world.board.record('lifts', 2);
    world.run(12_000);
    world.gateway.setOnline(true);
    return world;
  };
  const sentOf = (world: ReturnType<typeof setUp>, kind: number) =>
    world.gateway.sent.map(({ message }) => message).filter((each) => each.kind === kind);

  it('that a person asks for takes all of that person, withdraws, and is told', () => {
    const world = lived();
    expect(world.board.forget('left')).toBe(true);
    world.run(20_000);
    expect(world.gateway.stored.map((each) => each.subject).sort()).toEqual([0, 2, 2]);
    expect(sentOf(world, Kind.eraseReq)).toMatchObject([{ subject: 1 }]);
    expect(world.gateway.choices.at(-1)).toMatchObject({ subject: 1, choices: { 6: 2 } });
    const request = sentOf(world, Kind.eraseReq)[0] as EraseReqMessage;
    world.gateway.push({ kind: Kind.eraseReceipt, requestId: request.requestId, count: 12 });
    world.run(1000);
    expect(world.board.status()).toMatchObject({ erased: 12, withdrawn: 2, queued: 0 });
    expect(sentOf(world, Kind.eraseAck)).toMatchObject([{ requestId: request.requestId }]);
  });

  it('of everybody leaves nothing', () => {
    const world = lived();
    expect(world.board.forget()).toBe(true);
    expect(world.board.forget('nobody')).toBe(false);
    world.run(20_000);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(0);
    expect(sentOf(world, Kind.eraseReq)).toHaveLength(1);
  });

  it('that the gateway asks for is done once, and answered each time', () => {
    const world = lived();
    world.gateway.loseAcks(() => true);
    world.run(500);
    const erase = { kind: Kind.erase, subject: 1, requestId: new Uint8Array(16).fill(7) } as const;
    world.gateway.push(erase);
    world.gateway.loseAcks(null);
    world.run(500);
    world.board.record('moved', { preset: 'tv', angle: 3 }, 'left');
    world.gateway.push(erase);
    world.run(20_000);
    expect(sentOf(world, Kind.eraseAck).map((each) => 'count' in each && each.count)).toEqual([2, 0]);
    expect(world.board.status()).toMatchObject({ queued: 0, withdrawn: 2 });
  });
});

describe('a refusal for consent', () => {
  it.each([Code.consentMissing, Code.subjectErased])('(%d) is no loss', (code) => {
    const world = setUp();
    world.board.consent({ health: true }, 'left');
    world.run(200);
    world.gateway.nackNext(code, 1);
    world.board.record('heart', 61, undefined, 'left');
    world.run(30_000);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(0);
    expect(world.board.status()).toMatchObject({ queued: 0, withdrawn: 1 });
  });

  it('because the gateway does not know the epoch is answered with the choices, then the same message', () => {
    const world = setUp();
    world.board.consent({ health: true }, 'left');
    world.run(200);
    world.gateway.nackNext(Code.consentStale, 1, 500);
    world.board.record('heart', 61, undefined, 'left');
    world.run(60_000);
    expect(world.records('heart')).toHaveLength(1);
    expect(world.gateway.choices.map((each) => each.epoch)).toEqual([0, 0]);
    const kinds = world.gateway.sent.map((each) => each.message.kind);
    expect(kinds.lastIndexOf(Kind.choice)).toBeLessThan(kinds.lastIndexOf(Kind.data));
  });
});

describe('the queue', () => {
  it('gives up the oldest unsent message when it is full, and tells how many records that were', () => {
    const world = setUp({ maxQueueBytes: 600 });
    world.gateway.setOnline(false);
    for (let i = 0; i < 200; i += 1) {
      world.board.record('count', { n: i });
      world.run(1000, 500);
    }
    const { drops, fill, queued } = world.board.status();
    expect(drops.evicted).toBeGreaterThan(50);
    expect(fill).toBeLessThanOrEqual(1);
    expect(queued).toBeGreaterThan(10);
    world.gateway.setOnline(true);
    world.run(120_000);
    expect(world.gateway.recordCount() + world.gateway.gapCount('evicted')).toBe(200);
  });

  it('keeps what may be stored already, whatever comes', () => {
    const world = setUp({ maxQueueBytes: 300, ackTimeoutMs: 600_000 });
    world.gateway.loseAcks(() => true);
    for (let i = 0; i < 60; i += 1) {
      world.board.record('count', { n: i });
      world.board.flush();
      world.run(100);
    }
    world.gateway.loseAcks(null);
    world.gateway.disconnect();
    world.run(200_000);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(60);
    expect(world.gateway.duplicates()).toBeGreaterThan(0);
  });

  it('of a planned stop is told by the next start', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    world.board.record('count', { n: 1 });
    world.board.record('count', { n: 2 });
    world.board.stop();
    world.gateway.setOnline(true);
    world.restart();
    world.run(20_000);
    expect(world.gateway.gapCount('shutdown')).toBe(2);
  });
});

describe('the link', () => {
  it('says hello first, whole once a boot, and waits with data for the answer', () => {
    const world = setUp({ ackTimeoutMs: 60_000, hardware: 'esp8266', software: '2v29' });
    world.gateway.holdHello(true);
    world.board.record('count', { n: 1 });
    world.run(20_000);
    expect(world.gateway.sent.map((each) => each.message.kind)).toEqual([Kind.hello]);
    expect(world.gateway.sent[0]!.message).toMatchObject({ hardware: { hw: 'esp8266', sw: '2v29' } });
    expect(world.board.status().link).toBe('hello');
    world.gateway.holdHello(false);
    world.run(200);
    expect(world.records('count')).toHaveLength(1);
    world.gateway.disconnect();
    world.run(10_000);
    expect(
      world.gateway.sent.filter((each) => each.message.kind === Kind.hello)[1]!.message,
    ).not.toHaveProperty('hardware');
  });

  it('tells the model to a gateway that does not know it', () => {
    const world = setUp();
    world.run(200);
    world.gateway.push({ kind: Kind.modelReq, modelHash: world.gateway.sent[0]!.bytes.subarray(0, 4) });
    expect(world.gateway.sent.at(-1)!.message.kind).toBe(Kind.model);
  });

  it('is tried again with growing waits, and at once no more often than once in a tenth of the least', () => {
    const world = setUp({ minRetryMs: 1000, maxRetryMs: 60_000 });
    world.gateway.setRefusing(true);
    world.run(1000);
    expect(world.board.status()).toMatchObject({
      link: 'waiting',
      problem: expect.stringContaining('refused'),
    });
    world.gateway.setRefusing(false);
    world.run(58_000);
    expect(world.gateway.isOpen()).toBe(false);
    world.run(2000);
    expect(world.gateway.isOpen()).toBe(true);
  });

  it('that is silent is given up, and what was on it goes again', () => {
    const world = setUp({ ackTimeoutMs: 5000 });
    world.run(200);
    world.gateway.loseAcks(() => true);
    world.board.record('count', { n: 1 });
    world.board.flush();
    world.run(6000);
    expect(world.board.status().problem).toContain('no answer');
    world.gateway.loseAcks(null);
    world.run(20_000);
    expect(world.board.status()).toMatchObject({ queued: 0, acked: 1 });
    expect(world.gateway.recordCount()).toBe(1);
  });

  it.each([
    ['drop', Code.schema, 0, 'invalid'],
    ['split', Code.tooLarge, 0, 'overflow'],
    ['retry', Code.overloaded, 1, null],
    ['resync', Code.unknownModel, 1, null],
  ] as const)('acts on a refusal of class %s', (_class, code, stored, cause) => {
    const world = setUp();
    world.run(200);
    world.gateway.nackNext(code, 1, 500);
    world.board.record('count', { n: 1 });
    world.run(30_000);
    expect(world.gateway.recordCount()).toBe(stored);
    if (cause) expect(world.gateway.gapCount(cause)).toBe(1);
    expect(world.board.status().queued).toBe(0);
  });

  it('takes acknowledgements by message where the link has none', () => {
    const world = setUp();
    world.gateway.ackByMessage(true);
    world.board.record('count', { n: 1 });
    world.run(20_000);
    expect(world.board.status()).toMatchObject({ acked: 1, queued: 0 });
  });
});

describe('time', () => {
  it('is uptime and boot alone where there is no clock, and asked for', () => {
    const world = setUp();
    world.clock.advance(5000);
    world.board.record('count', { n: 1 });
    world.run(20_000);
    expect(world.gateway.sent[0]!.message).toHaveProperty('nonce');
    expect(world.gateway.stored[0]).toMatchObject({ uptimeMs: 5000, ageMs: 10_000, clock: null });
  });

  it('of the gateway is taken, and told with the first message, then with every 32nd', () => {
    const world = setUp();
    world.run(1000);
    world.gateway.push({ kind: Kind.time, clock: { unixMs: noon, quality: 4, boundMs: 20 } });
    for (let i = 0; i < 40; i += 1) {
      world.board.record('count', { n: i });
      world.board.flush();
      world.run(100);
    }
    expect(world.board.status().clock).toMatchObject({ quality: 3 });
    const told = world.gateway.stored.map((each) => each.clock !== null);
    expect(told.indexOf(true)).toBe(0);
    expect(told.indexOf(true, 1)).toBe(32);
    expect(world.gateway.stored[0]!.clock).toEqual({ unixMs: noon, quality: 3, boundMs: 20 });
  });

  it('that was set right is told at once', () => {
    const world = setUp();
    world.clock.setWall({ unixMs: noon, quality: 1 });
    world.board.record('count', { n: 1 });
    world.run(11_000);
    world.clock.setWall({ unixMs: noon + 86_400_000, quality: 3 });
    world.board.record('count', { n: 2 });
    world.run(11_000);
    expect(world.gateway.stored.map((each) => each.clock?.quality)).toEqual([1, 3]);
  });
});

describe('a boot', () => {
  it('is random once, then counted, and never used twice', () => {
    const world = setUp();
    const boots: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      world.board.record('count', { n: i });
      world.run(12_000);
      boots.push(world.gateway.stored.at(-1)!.boot);
      world.restart();
    }
    expect(boots[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(Number(boots[2])).toBe(Number(boots[1]) + 1);
    expect(new Set(boots).size).toBe(4);
    world.storage.setBroken(true);
    world.restart();
    world.board.record('count', { n: 9 });
    world.run(12_000);
    expect(world.gateway.stored.at(-1)!.boot).toMatch(/^[0-9a-f]{16}$/);
  });
});
