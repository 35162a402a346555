import type { TransportEvents } from '@usewire/device-sdk/core';
import { describe, expect, it } from 'vitest';
import type { Link } from '../device/link.ts';
import { DAY } from '../people/calendar.ts';
import { streamsOf } from '../random/stream.ts';
import { faultyLink } from './faulty-link.ts';
import { planFaults } from './plan.ts';

const random = () => streamsOf(1, 'bed-0001');

describe('plan of faults', () => {
  it('has about as many as asked for, in order of time, all within the days', () => {
    const planned = planFaults({ lostAck: 10, reboot: 2.5 }, random(), 1_000_000, 40);
    const count = (kind: string): number => planned.filter((one) => one.fault.kind === kind).length;
    expect(count('lostAck')).toBe(400);
    expect(count('reboot')).toBeGreaterThan(80);
    expect(count('reboot')).toBeLessThan(120);
    const times = planned.map((one) => one.atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.every((atMs) => atMs >= 1_000_000 && atMs < 1_000_000 + 40 * DAY)).toBe(true);
  });

  it('is not changed for one kind by asking for another', () => {
    const reboots = (faults: object) =>
      planFaults(faults, random(), 0, 10)
        .filter(({ fault }) => fault.kind === 'reboot')
        .map(({ atMs, fault }) => ({ atMs, ...fault.how }));
    expect(reboots({ reboot: 3, lostAck: 5 })).toEqual(reboots({ reboot: 3 }));
  });

  it('sets clocks off by years, once, from the start', () => {
    const [fault] = planFaults({ clockOff: 1 }, random(), 5, 10);
    expect(fault?.atMs).toBe(5);
    const { byMs } = fault!.fault.how as { byMs: number };
    expect(Math.abs(byMs)).toBeGreaterThan(360 * DAY);
  });
});

/** A link that takes everything and answers when told. */
function scripted() {
  const sent: number[] = [];
  let events: TransportEvents | undefined;
  const inner: Link = {
    open(_will, own) {
      events = own;
      own.onOpen();
    },
    send: (tag) => sent.push(tag) > 0,
    close: () => {
      events = undefined;
    },
    busy: () => false,
    settled: () => Promise.resolve(),
    closed: () => Promise.resolve(),
  };
  const laters: (() => void)[] = [];
  const link = faultyLink(inner, (what) => laters.push(what));
  const heard: string[] = [];
  const open = (): void =>
    link.open(new Uint8Array(0), {
      onOpen: () => heard.push('open'),
      onClose: ({ kind }) => heard.push(kind),
      onAck: (tag) => heard.push(`ack ${tag}`),
      onMessage: () => heard.push('message'),
    });
  const settle = (): void => {
    for (const run of laters.splice(0)) run();
  };
  open();
  return { link, sent, heard, open, settle, ack: (tag: number) => events?.onAck(tag) };
}

const bytes = new Uint8Array([1]);

describe('faulty link', () => {
  it('loses an acknowledgement: the message got there, the device hears only that the link broke', () => {
    const { link, sent, heard, ack, settle } = scripted();
    link.strike('lostAck');
    link.send(7, 'up', bytes);
    ack(7);
    settle();
    expect(sent).toEqual([7]);
    expect(heard).toEqual(['open', 'lost']);
    expect(link.send(8, 'up', bytes)).toBe(false);
  });

  it('breaks while sending: the device thinks that it was taken, nothing got there', () => {
    const { link, sent, heard, settle } = scripted();
    link.strike('disconnect');
    expect(link.send(7, 'up', bytes)).toBe(true);
    settle();
    expect(sent).toEqual([]);
    expect(heard).toEqual(['open', 'lost']);
  });

  it('sends a copy whose acknowledgement nobody hears', () => {
    const { link, sent, heard, ack } = scripted();
    link.strike('duplicate');
    link.send(7, 'up', bytes);
    expect(sent).toHaveLength(2);
    for (const tag of sent) ack(tag);
    expect(heard).toEqual(['open', 'ack 7']);
  });

  it('strikes once, and never a hello', () => {
    const { link, sent } = scripted();
    link.strike('disconnect');
    link.send(0, 'st', bytes);
    expect(sent).toEqual([0]);
  });

  it('is deaf and dumb without a word while it is half-open, and is lost when that ends', () => {
    const { link, sent, heard, open, settle, ack } = scripted();
    link.deafen();
    expect(link.send(7, 'up', bytes)).toBe(true);
    ack(6);
    open();
    settle();
    expect(sent).toEqual([]);
    expect(heard).toEqual(['open', 'unreachable']);
    link.hear();
    settle();
    expect(heard).toEqual(['open', 'unreachable', 'lost']);
  });

  it('sends the last messages again, in the order of its salt, and nobody hears the acknowledgements', () => {
    const { link, sent, heard, ack } = scripted();
    for (const tag of [1, 2, 3]) link.send(tag, 'up', bytes);
    link.resend(5);
    for (const tag of sent) ack(tag);
    expect(sent).toHaveLength(6);
    expect(heard).toEqual(['open', 'ack 1', 'ack 2', 'ack 3']);
  });

  it('stays cut until the last of two outages is over', () => {
    const { link, heard, open, settle } = scripted();
    link.cut();
    link.cut();
    link.restore();
    settle();
    open();
    settle();
    link.restore();
    open();
    expect(heard).toEqual(['open', 'lost', 'unreachable', 'open']);
  });

  it('is unreachable while it is cut', () => {
    const { link, heard, open, settle } = scripted();
    link.cut();
    settle();
    open();
    settle();
    link.restore();
    open();
    expect(heard).toEqual(['open', 'lost', 'unreachable', 'open']);
  });
});
