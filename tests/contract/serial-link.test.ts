import type { CloseReason } from '@usewire/device-sdk/core';
import { type SerialTransportOptions, serialTransport } from '@usewire/device-sdk/serial';
import { encodeHangUp, encodeReceipt } from '@usewire/protocol/serial';
import { crc32 } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { eventually, lampData, lampHello } from '../support/gateway-kit.ts';
import { type SerialPeer, serialPeer } from '../support/serial-peer.ts';

const will = lampHello(0);

function openOn(peer: SerialPeer, options: Partial<SerialTransportOptions> = {}) {
  const seen = { opens: 0, closes: [] as CloseReason[], acks: [] as number[] };
  const transport = serialTransport({ open: peer.open, callIntervalMs: 100, ...options });
  transport.open(will, {
    onOpen: () => {
      seen.opens += 1;
    },
    onClose: (reason) => seen.closes.push(reason),
    onAck: (tag) => seen.acks.push(tag),
    onMessage: () => undefined,
  });
  return { transport, seen };
}

const callsOf = (peer: SerialPeer) => peer.received.filter(({ kind }) => kind === 'call');
const framesOf = (peer: SerialPeer) => peer.received.filter(({ kind }) => kind === 'up');

describe('a device on a serial line', () => {
  it('is let in by its latest call only, and says nothing before', async () => {
    const peer = serialPeer();
    peer.answersCalls = false;
    const { transport, seen } = openOn(peer);
    await eventually(() => callsOf(peer).length === 2, 'a second call');
    const [first, second] = callsOf(peer);
    peer.send('receipt', encodeReceipt([first!.checksum]));
    expect(transport.send(1, 'st', lampHello(0))).toBe(false);
    peer.send('receipt', encodeReceipt([second!.checksum]));
    await eventually(() => seen.opens === 1, 'the link');
    expect(framesOf(peer)).toEqual([]);
    transport.close();
  });

  it('does not send a second frame of the same checksum while the first is on its way', async () => {
    const peer = serialPeer();
    peer.givesReceipts = false;
    const { transport, seen } = openOn(peer);
    await eventually(() => seen.opens === 1, 'the link');
    const [one, other] = sameChecksum();
    expect(transport.send(1, 'up', one)).toBe(true);
    expect(transport.send(2, 'up', other)).toBe(false);
    await eventually(() => framesOf(peer).length === 1, 'the first');
    peer.send('receipt', encodeReceipt([framesOf(peer)[0]!.checksum]));
    await eventually(() => seen.acks.length === 1, 'its receipt');
    expect(transport.send(2, 'up', other)).toBe(true);
    transport.close();
  });

  it('answers every tag of a frame that was sent twice', async () => {
    const peer = serialPeer();
    peer.givesReceipts = false;
    const { transport, seen } = openOn(peer);
    await eventually(() => seen.opens === 1, 'the link');
    transport.send(1, 'up', lampData(0));
    transport.send(2, 'up', lampData(0));
    await eventually(() => framesOf(peer).length === 2, 'both');
    peer.send('receipt', encodeReceipt([framesOf(peer)[0]!.checksum]));
    await eventually(() => seen.acks.length === 2, 'both tags');
    expect(seen.acks).toEqual([1, 2]);
    transport.close();
  });

  it('goes on calling when it hears that an older link is over, and ends when its own is', async () => {
    const peer = serialPeer();
    peer.answersCalls = false;
    const { transport, seen } = openOn(peer);
    await eventually(() => callsOf(peer).length === 1, 'a call');
    peer.send('hangUp', encodeHangUp({ cause: 'closed', detail: 'port opened' }));
    peer.answersCalls = true;
    await eventually(() => seen.opens === 1, 'the link');
    peer.send('hangUp', encodeHangUp({ cause: 'closed', detail: 'gateway gone' }));
    await eventually(() => seen.closes.length === 1, 'the end');
    expect(seen.closes[0]).toEqual({ kind: 'lost', detail: 'the gateway hung up: gateway gone' });
    expect(transport.send(1, 'up', lampData(0))).toBe(false);
  });

  it.each([
    [{ maxFrameBytes: 100 }, 'maxFrameBytes'],
    [{ callIntervalMs: 0.5 }, 'callIntervalMs'],
    [{ open: undefined as never }, 'open'],
  ])('refuses options that cannot work: %j', (wrong, name) => {
    const work = () => serialTransport({ open: serialPeer().open, ...wrong });
    expect(work).toThrow(expect.objectContaining({ code: 'DEV_OPTION' }));
    expect(work).toThrow(name);
  });
});

/** Two frames whose bodies have one CRC-32: it is linear, so the last four bytes can mend any change. */
function sameChecksum(): [Uint8Array, Uint8Array] {
  const one = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const sumOf = (frame: Uint8Array) => crc32(Uint8Array.of(0, ...frame), 0, frame.length + 1);
  const wanted = sumOf(one);
  const other = Uint8Array.of(9, 2, 3, 4, 0, 0, 0, 0);
  const rest = sumOf(other) ^ wanted;
  // Each bit of the last four bytes changes the sum by a value of its own; Gauss finds those that make up `rest`.
  const rows = Array.from({ length: 32 }, (_, bit) => {
    const changed = other.slice();
    changed[4 + (bit >> 3)]! ^= 1 << (bit & 7);
    return { sum: (sumOf(changed) ^ sumOf(other)) >>> 0, bits: (1 << bit) >>> 0 };
  });
  let need = rest >>> 0;
  let bits = 0;
  for (let at = 31; at >= 0; at -= 1) {
    const pivot = rows.find(({ sum }) => Math.clz32(sum) === 31 - at);
    if (pivot === undefined) continue;
    for (const row of rows) {
      if (row !== pivot && (row.sum >>> at) & 1)
        Object.assign(row, { sum: (row.sum ^ pivot.sum) >>> 0, bits: (row.bits ^ pivot.bits) >>> 0 });
    }
    if ((need >>> at) & 1) {
      need = (need ^ pivot.sum) >>> 0;
      bits = (bits ^ pivot.bits) >>> 0;
    }
  }
  for (let bit = 0; bit < 32; bit += 1) if ((bits >>> bit) & 1) other[4 + (bit >> 3)]! ^= 1 << (bit & 7);
  if (sumOf(other) !== wanted) throw new Error('the two frames differ in their checksum');
  return [one, other];
}
