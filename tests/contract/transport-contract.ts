import type { CloseReason, TransportPort } from '@usewire/device-sdk/core';
import { expect, it } from 'vitest';
import { eventually } from '../support/gateway-kit.ts';

/** The other side of a transport, as a test sees it. */
export interface TransportUnderTest {
  transport: TransportPort;
  /** What arrived, in order, with its leaf. */
  received(): { leaf: string; bytes: Uint8Array }[];
  push(bytes: Uint8Array): void;
  dropLink(): void;
  setOnline(isOnline: boolean): Promise<void>;
  setRefusing(isRefusing: boolean): void;
  loseAcks(isOn: boolean): void;
  end(): Promise<void>;
}

interface Seen {
  opens: number;
  closes: CloseReason[];
  acks: number[];
  messages: Uint8Array[];
}

function open(transport: TransportPort, will: Uint8Array): Seen {
  const seen: Seen = { opens: 0, closes: [], acks: [], messages: [] };
  transport.open(will, {
    onOpen: () => {
      seen.opens += 1;
    },
    onClose: (reason) => seen.closes.push(reason),
    onAck: (tag) => seen.acks.push(tag),
    onMessage: (bytes) => seen.messages.push(new Uint8Array(bytes)),
  });
  return seen;
}

/** What the core relies on. `messages` are valid messages to send; `down` is one for the device. */
export function transportContract(
  make: () => Promise<TransportUnderTest>,
  samples: { will: Uint8Array; messages: Uint8Array[]; down: Uint8Array },
): void {
  const { will, messages, down } = samples;
  const withLink = async (work: (under: TransportUnderTest, seen: Seen) => Promise<void>): Promise<void> => {
    const under = await make();
    const seen = open(under.transport, will);
    await eventually(() => seen.opens === 1, 'the link to open');
    await work(under, seen);
    under.transport.close();
    await under.end();
  };

  it('does not send before it is open', async () => {
    const under = await make();
    expect(under.transport.send(1, 'up', messages[0]!)).toBe(false);
    await under.end();
  });

  it('carries bytes in order and acknowledges each tag once', () =>
    withLink(async (under, seen) => {
      messages.forEach((bytes, i) => {
        expect(under.transport.send(i + 1, 'up', bytes)).toBe(true);
      });
      await eventually(() => seen.acks.length === messages.length, 'all acknowledgements');
      expect(seen.acks.sort()).toEqual(messages.map((_, i) => i + 1));
      const arrived = under.received().filter((each) => each.leaf === 'up');
      expect(arrived.map((each) => [...each.bytes])).toEqual(messages.map((bytes) => [...bytes]));
    }));

  it('delivers what the gateway sends', () =>
    withLink(async (under, seen) => {
      under.push(down);
      await eventually(() => seen.messages.length === 1, 'the message');
      expect(seen.messages[0]).toEqual(new Uint8Array(down));
    }));

  it('tells once that the link is lost, and opens again', () =>
    withLink(async (under, seen) => {
      under.dropLink();
      await eventually(() => seen.closes.length === 1, 'the loss');
      expect(seen.closes[0]!.kind).toBe('lost');
      expect(under.transport.send(9, 'up', messages[0]!)).toBe(false);
      const again = open(under.transport, will);
      await eventually(() => again.opens === 1, 'the second link');
      expect(seen.closes).toHaveLength(1);
    }));

  it('gives no acknowledgement for what the link lost', () =>
    withLink(async (under, seen) => {
      under.loseAcks(true);
      under.transport.send(1, 'up', messages[0]!);
      await eventually(() => under.received().some((each) => each.leaf === 'up'), 'the message');
      under.dropLink();
      await eventually(() => seen.closes.length === 1, 'the loss');
      expect(seen.acks).toEqual([]);
    }));

  it('tells that nobody is there', async () => {
    const under = await make();
    await under.setOnline(false);
    const seen = open(under.transport, will);
    await eventually(() => seen.closes.length === 1, 'the failure');
    expect(seen.opens).toBe(0);
    expect(seen.closes[0]!.kind).toBe('unreachable');
    await under.end();
  });

  it('tells a refusal apart', async () => {
    const under = await make();
    under.setRefusing(true);
    const seen = open(under.transport, will);
    await eventually(() => seen.closes.length === 1, 'the refusal');
    expect(seen.opens).toBe(0);
    expect(seen.closes[0]!.kind).toBe('refused');
    await under.end();
  });

  it('is silent after close', () =>
    withLink(async (under, seen) => {
      under.transport.close();
      expect(under.transport.send(1, 'up', messages[0]!)).toBe(false);
      under.push(down);
      const again = open(under.transport, will);
      await eventually(() => again.opens === 1, 'another link');
      expect(seen.closes).toEqual([]);
      expect(seen.messages).toEqual([]);
    }));
}
