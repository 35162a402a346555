import { keyRing, peekLevel, seal } from '@usewire/protocol/seal';
import { limits } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import {
  ackMessage,
  dataMessage,
  ed25519,
  opening,
  otherSecret,
  outcome,
  p256,
  sealing,
  secret,
  spliced,
  statusMessage,
  up,
} from './seal-fixture.ts';

describe('levels', () => {
  it.each([
    ['a plain message', ackMessage, 0],
    ['nothing', new Uint8Array(0), null],
    ['text', Buffer.from('GET / HTTP/1.1'), null],
    ['COSE_Sign with many signers', Buffer.from('d8628440', 'hex'), null],
  ])('%s is told from a seal by its first byte', (_, bytes, level) => {
    expect(peekLevel(bytes)).toBe(level);
  });

  it('no seal is taken only where that is said', () => {
    const plain = dataMessage(1);
    expect(outcome(plain)).toBe('authRequired, answered authRequired');
    expect(outcome(plain, { ...opening, minimum: 0 })).toBe('S0');
    expect(outcome(Buffer.from('a10101', 'hex'), { ...opening, minimum: 0 })).toBe('schema, answered schema');
    expect(outcome(Buffer.from('ff', 'hex'), { ...opening, minimum: 0 })).toBe('malformed, silent');
    const large = new Uint8Array(limits.maxMessageBytes + 1).fill(0xa0);
    expect(outcome(large, { ...opening, minimum: 0 })).toBe('tooLarge, answered tooLarge');
  });

  it('a seal below the minimum is refused, once it is known to be genuine', () => {
    const s1 = seal(1, dataMessage(1), sealing);
    expect(outcome(s1, { ...opening, minimum: 2 })).toBe('authRequired, answered authRequired');
    expect(outcome(seal(3, dataMessage(1), sealing), { ...opening, minimum: 2 })).toMatch(/^authRequired/);
    expect(outcome(seal(2, dataMessage(1), sealing), { ...opening, minimum: 3 })).toMatch(/^authRequired/);
    expect(outcome(seal(1, statusMessage, sealing), { ...opening, minimum: 2 })).toBe('S1');
    const forged = s1.slice();
    forged[forged.length - 1]! ^= 1;
    expect(outcome(forged, { ...opening, minimum: 2 })).toBe('notAuthorised, silent');
  });
});

describe('key generations', () => {
  const from = (generation: number, key: Uint8Array) => ({
    ...sealing,
    keys: keyRing(generation, [{ generation, secret: key }]),
  });

  it('this one and the one before are taken, so that keys rotate during a backlog', () => {
    expect(outcome(seal(1, dataMessage(1), from(6, otherSecret)))).toBe('S1');
    expect(outcome(seal(2, dataMessage(1), from(6, otherSecret)))).toBe('S2');
    expect(outcome(seal(1, dataMessage(1), from(7, secret)))).toBe('S1');
  });

  it('an older one is told to renew its key only when it proves to hold it', () => {
    expect(outcome(seal(1, dataMessage(1), from(5, otherSecret)))).toBe('keyExpired, answered keyExpired');
    expect(outcome(seal(1, dataMessage(1), from(5, secret)))).toBe('keyExpired, silent');
    expect(outcome(seal(1, dataMessage(1), from(4, otherSecret)))).toBe('keyExpired, silent');
  });

  it('one that is not there, or was revoked, is refused without an answer', () => {
    expect(outcome(seal(1, dataMessage(1), from(9, secret)))).toBe('notAuthorised, silent');
    const revoked = keyRing(7, [{ generation: 7, secret }], { revoked: true });
    expect(outcome(seal(1, dataMessage(1), sealing), { ...opening, keys: revoked })).toBe(
      'notAuthorised, silent',
    );
  });

  it('a signature is checked by the algorithm of the key, not by the one the frame asks for', () => {
    const frame = seal(3, dataMessage(1), sealing);
    expect(outcome(spliced(frame, 'd28443a10132', 'd28443a10128'))).toBe('notAuthorised, silent');
    expect(
      outcome(
        seal(3, dataMessage(1), {
          ...sealing,
          signer: { generation: 7, privateKey: ed25519, olderIds: true },
        }),
      ),
    ).toBe('S3');
    expect(
      outcome(
        seal(3, dataMessage(1), { ...up, signer: { generation: 8, privateKey: p256, olderIds: true } }),
      ),
    ).toBe('S3');
    expect(outcome(seal(1, dataMessage(1), from(8, secret)))).toBe('notAuthorised, silent');
  });
});
