import { expect, it } from 'vitest';
import { splitSequence } from './split-sequence.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const split = (text: string) => splitSequence(hex(text)).map((item) => Buffer.from(item).toString('hex'));

it.each([
  ['', []],
  ['a10004', ['a10004']],
  ['a10004a10105', ['a10004', 'a10105']],
  // A sealed frame between two messages: tag 17.
  ['a10004d18343a1010441000142ffffa10105', ['a10004', 'd18343a10104410001', '42ffff', 'a10105']],
  ['a10004a100', ['a10004']],
  ['ff', []],
])('%s', (bytes, items) => {
  expect(split(bytes)).toEqual(items);
});
