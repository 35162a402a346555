import { expect, it } from 'vitest';
import { fromHex, toHex } from './hex.ts';

it('bytes become two digits each and come back', () => {
  const bytes = Uint8Array.of(0, 1, 15, 16, 255);
  expect(toHex(bytes)).toBe('00010f10ff');
  expect(fromHex('00010f10ff')).toEqual(bytes);
  expect(fromHex('00010F10FF')).toEqual(bytes);
  expect(fromHex('')).toEqual(new Uint8Array(0));
});

it.each(['0', '0g', '0x00', ' 00', 'zz'])('%j is not hex', (text) => {
  expect(fromHex(text)).toBeNull();
});
