import { encodeModel, modelTable } from '@usewire/protocol/model';
import { Code, encodeMessage, Kind, readElectiveInt } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { bed } from './bed.fixture.ts';
import { setUp } from './set-up.fixture.ts';

function kinds(world: ReturnType<typeof setUp>): number[] {
  return world.gateway.sent.map((each) => each.message.kind);
}

describe('a link', () => {
  it('begins with a hello on st, whole the first time of a boot and below 30 bytes after that', () => {
    const world = setUp({ hardware: 'b1', software: '1.2.3' });
    world.run(100);
    world.gateway.disconnect();
    world.run(5000);
    const hellos = world.gateway.sent.filter((each) => each.message.kind === Kind.hello);
    expect(hellos.map((each) => each.leaf)).toEqual(['st', 'st']);
    expect(hellos[0]!.message).toMatchObject({ hardware: { hw: 'b1', sw: '1.2.3' }, levels: [0] });
    expect(hellos[1]!.message).not.toHaveProperty('hardware');
    expect(hellos[1]!.bytes.length).toBeLessThanOrEqual(30);
  });

  it('comes back with growing, jittered waits while nobody answers', () => {
    const world = setUp({ minRetryMs: 1000, maxRetryMs: 60_000 });
    const attempts: number[] = [];
    const open = world.gateway.open;
    world.gateway.open = (will, events) => {
      attempts.push(world.clock.uptimeMs());
      open(will, events);
    };
    world.gateway.setOnline(false);
    world.run(600_000);
    const waits = attempts.slice(1).map((at, i) => at - attempts[i]!);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_100);
    expect(Math.max(...waits)).toBeGreaterThan(20_000);
    expect(waits[0]).toBeLessThanOrEqual(2100);
    expect(waits.length).toBeGreaterThan(10);
  });

  it('is given up when nothing is answered, and everything goes again', () => {
    const world = setUp({ ackTimeoutMs: 5000 });
    world.gateway.loseAcks(() => true);
    world.device.points.count({ n: 1 });
    world.device.flush();
    world.run(12_000);
    expect(world.device.status().link).not.toBe('stopped');
    world.gateway.loseAcks(null);
    world.run(60_000);
    expect(world.device.status()).toMatchObject({ acked: 1, queued: 0 });
    expect(world.gateway.duplicates()).toBeGreaterThan(0);
    expect(world.gateway.recordCount()).toBe(1);
  });

  it('waits long after a refusal and says so', () => {
    const world = setUp({ minRetryMs: 10, maxRetryMs: 60_000 });
    world.gateway.setRefusing(true);
    world.run(1000);
    expect(world.device.status().link).toBe('refused');
    expect(world.device.status().lastProblem).toContain('refused');
    world.gateway.setRefusing(false);
    world.run(50_000);
    expect(world.device.status().link).toBe('refused');
    world.run(12_000);
    expect(world.device.status().link).toBe('open');
  });

  it('acts on acknowledgements that are messages, too', () => {
    const world = setUp();
    world.gateway.ackByMessage(true);
    for (let n = 0; n < 5; n++) {
      world.device.points.count({ n });
      world.device.flush();
      world.run(200);
    }
    expect(world.device.status()).toMatchObject({ acked: 5, queued: 0 });
  });

  it('sends live messages first, and the backlog all the same', () => {
    const world = setUp({ maxInFlight: 1 });
    world.gateway.setOnline(false);
    for (let n = 0; n < 40; n++) {
      world.device.points.count({ n });
      world.device.flush();
    }
    world.gateway.nackNext(Code.overloaded, 1, 3000);
    world.gateway.setOnline(true);
    world.run(1500);
    expect(world.device.status().link).toBe('open');
    for (let n = 1000; n < 1020; n++) {
      world.device.points.count({ n });
      world.device.flush();
    }
    world.run(20_000);
    const order = world.records('count').map((each) => each.attributes['n'] as number);
    expect(order).toHaveLength(60);
    const lastLive = order.lastIndexOf(Math.max(...order));
    const before = order.slice(0, lastLive).filter((n) => n < 1000);
    expect(before.length).toBeGreaterThan(3);
    expect(before.length).toBeLessThan(20);
  });

  it('says bye in order, after everything else', () => {
    const world = setUp();
    world.device.points.count({ n: 1 });
    let isDone = false;
    world.device.tick();
    world.device.stop(5000, () => {
      isDone = true;
    });
    world.run(200);
    expect(isDone).toBe(true);
    expect(kinds(world).slice(-2)).toEqual([Kind.data, Kind.bye]);
    world.device.points.count({ n: 2 });
    expect(world.device.status().accepted).toBe(1);
    expect(world.device.tick()).toBe(Infinity);
  });

  it('stops after the drain time without a link, and keeps what is left for the next start', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    world.device.points.count({ n: 1 });
    let isDone = false;
    world.device.stop(3000, () => {
      isDone = true;
    });
    world.run(2500);
    expect(isDone).toBe(false);
    world.run(1000);
    expect(isDone).toBe(true);
    world.restart();
    world.gateway.setOnline(true);
    world.run(1000);
    expect(world.gateway.recordCount()).toBe(1);
  });
});

describe('what the gateway asks', () => {
  it('gives the model for its hash', () => {
    const world = setUp();
    world.run(100);
    const hash = modelTable(bed).hash;
    world.gateway.push({ kind: Kind.modelReq, modelHash: hash.subarray(0, 4) });
    const answer = world.gateway.sent.at(-1)!;
    expect(answer.leaf).toBe('up');
    expect(answer.bytes).toEqual(
      encodeMessage({ kind: Kind.model, modelHash: hash, model: encodeModel(bed) }),
    );
  });

  it('takes no notice of bytes that are no message', () => {
    const world = setUp();
    world.run(100);
    const before = world.gateway.sent.length;
    world.gateway.push({ kind: Kind.modelReq, modelHash: new Uint8Array(4) });
    expect(world.gateway.sent).toHaveLength(before);
  });

  it.each([
    ['malformed', Code.malformed],
    ['out of range', Code.outOfRange],
    ['replayed', Code.replayed],
  ])('drop (%s): the records are told as lost', (_name, code) => {
    const world = setUp();
    world.gateway.nackNext(code, 1);
    world.device.points.count({ n: 1 });
    world.device.points.count({ n: 2 });
    world.run(30_000);
    expect(world.gateway.gapCount('invalid')).toBe(2);
    expect(world.device.status()).toMatchObject({ queued: 0, drops: { invalid: 2 } });
  });

  it('drop after the acknowledgement: told all the same, once', () => {
    const world = setUp();
    world.device.points.count({ n: 1 });
    world.device.flush();
    world.run(200);
    const { message } = world.gateway.sent.find((each) => each.message.kind === Kind.data)!;
    const { seq, boot } = message as { seq: number; boot: Uint8Array };
    world.gateway.push({ kind: Kind.nack, seq, boot, code: Code.schema });
    world.gateway.push({ kind: Kind.nack, seq, boot, code: Code.schema });
    world.run(30_000);
    expect(world.gateway.gapCount('invalid')).toBe(1);
  });

  it('retry: the same bytes again, not before the time given', () => {
    const world = setUp();
    world.run(100);
    world.gateway.nackNext(Code.overloaded, 1, 7000);
    world.device.points.overheat({ celsius: 80 });
    world.run(6800);
    expect(world.gateway.recordCount()).toBe(0);
    world.run(500);
    const sent = world.gateway.sent.filter((each) => each.message.kind === Kind.data);
    expect(sent).toHaveLength(2);
    expect(sent[1]!.bytes).toEqual(sent[0]!.bytes);
    expect(world.gateway.recordCount()).toBe(1);
  });

  it('resync: hello again, and the message again', () => {
    const world = setUp();
    world.run(100);
    world.gateway.nackNext(Code.unknownModel, 1, 100);
    world.device.points.overheat({ celsius: 80 });
    world.run(3000);
    expect(kinds(world).filter((kind) => kind === Kind.hello)).toHaveLength(2);
    expect(world.gateway.recordCount()).toBe(1);
  });

  it('split: told as lost, and what follows is smaller', () => {
    const world = setUp({ maxMessageBytes: 2048 });
    world.run(100);
    world.gateway.nackNext(Code.tooLarge, 1);
    for (let n = 0; n < 900; n++) world.device.points.count({ n: (n * 7919) % 1_000_000 });
    world.device.flush();
    world.run(200);
    const first = world.gateway.sent.find((each) => each.message.kind === Kind.data)!.bytes.length;
    for (let n = 0; n < 900; n++) world.device.points.count({ n: (n * 7919) % 1_000_000 });
    world.device.flush();
    world.run(30_000);
    const last = Math.max(...world.gateway.stored.slice(-3).map((each) => each.bytes.length));
    expect(last).toBeLessThan(first * 0.6);
    expect(world.gateway.gapCount('overflow')).toBeGreaterThan(0);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(1800);
  });

  it('stop: closes, waits long, keeps the message', () => {
    const world = setUp({ maxRetryMs: 30_000 });
    world.run(100);
    world.gateway.nackNext(Code.notAuthorised, 1);
    world.device.points.overheat({ celsius: 80 });
    world.run(1000);
    expect(world.device.status()).toMatchObject({ link: 'refused', queued: 1 });
    world.run(40_000);
    expect(world.gateway.recordCount()).toBe(1);
  });

  it('tells how it is in a status, made when it is sent', () => {
    const world = setUp({ statusIntervalMs: 60_000 });
    world.device.points.count({ n: -5 });
    world.run(61_000);
    const statuses = world.gateway.sent.filter((each) => each.message.kind === Kind.status);
    expect(statuses).toHaveLength(2);
    const last = statuses[1]!.message;
    expect(last).toMatchObject({ uptimeMs: 60_000 });
    expect(readElectiveInt(last.elective, -3)).toBe(1);
    expect(readElectiveInt(last.elective, -4)).toBe(0);
  });
});
