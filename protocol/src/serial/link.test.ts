import { expect, it } from 'vitest';
import { crc32 } from '../wire/crc32.ts';
import { encodeSerialFrame, SerialFrameDecoder } from './framed.ts';
import { decodeHangUp, decodeReceipt, encodeHangUp, encodeReceipt } from './link.ts';

it('names a frame in its receipt by the checksum that the receiver read', () => {
  const seen: [string, number][] = [];
  const decoder = new SerialFrameDecoder({
    direction: 'up',
    maxFrameBytes: 16,
    checksum: crc32,
    onFrame: (_frame, kind, checksum) => void seen.push([kind, checksum]),
  });
  decoder.push(encodeSerialFrame('up', Uint8Array.of(0xff), crc32));
  decoder.push(encodeSerialFrame('call', Uint8Array.of(1), crc32));
  decoder.push(encodeSerialFrame('receipt', Uint8Array.of(1, 2, 3, 4), crc32));
  expect(seen).toEqual([
    ['up', 0x6cdbfd72],
    ['call', crc32(Uint8Array.of(4, 1), 0, 2)],
  ]);
  expect(decoder.counters.otherWay).toBe(1);
});

it.each([[[0x6cdbfd72]], [[0, 0xffffffff, 1]]])('reads the receipt that it wrote: %j', (checksums) => {
  expect(decodeReceipt(encodeReceipt(checksums))).toEqual(checksums);
});

it.each([[''], ['010203'], ['00'.repeat(260)]])('takes no receipt from %j', (hex) => {
  expect(decodeReceipt(Uint8Array.from(Buffer.from(hex, 'hex')))).toBeNull();
});

it('reads the hang-up that it wrote, its words cut and cleaned', () => {
  const read = decodeHangUp(encodeHangUp({ cause: 'refused', detail: `gesperrt: \u00fc${'x'.repeat(100)}` }));
  expect(read).toEqual({ cause: 'refused', detail: `gesperrt: ?${'x'.repeat(53)}` });
  expect(decodeHangUp(encodeHangUp({ cause: 'closed', detail: '' }))).toEqual({
    cause: 'closed',
    detail: '',
  });
});

it.each([[''], ['02'], ['00'.repeat(66)]])('takes no hang-up from %j', (hex) => {
  expect(decodeHangUp(Uint8Array.from(Buffer.from(hex, 'hex')))).toBeNull();
});
