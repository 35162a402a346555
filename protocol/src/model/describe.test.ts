import { Decoder } from 'cbor-x';
import { describe, expect, it } from 'vitest';
import { bed } from './bed.fixture.ts';
import {
  counter,
  decodeModel,
  encodeModel,
  event,
  int,
  type Model,
  modelHash,
  oneOf,
  product,
  restoreModel,
} from './index.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const purposes = { a: { basis: 'contract', code: 'research' } } as const;

describe('encodeModel', () => {
  it('writes CBOR that an independent decoder reads', () => {
    const tree = new Decoder({ mapsAsObjects: true }).decode(encodeModel(bed)) as Record<string, unknown>;
    expect(tree.product).toBe('acme.bed');
    const points = tree.points as { name: string; id: number }[];
    expect(points.map((point) => [point.id, point.name]).slice(0, 3)).toEqual([
      [1, 'heart_rate'],
      [2, 'position_changed'],
      [3, 'note'],
    ]);
  });

  it('does not depend on the order in which points or options are written', () => {
    const one = product('a.b', 1, {
      purposes,
      points: { x: counter({ id: 1, for: 'a', title: 'X' }), y: counter({ id: 2, for: 'a' }) },
    });
    const two = product('a.b', 1, {
      points: { y: counter({ for: 'a', id: 2 }), x: counter({ title: 'X', for: 'a', id: 1 }) },
      purposes,
    });
    expect(hex(encodeModel(one))).toBe(hex(encodeModel(two)));
  });

  it('depends on the order of attributes, labels and purposes, which number things on the wire', () => {
    const build = (attributes: Record<string, ReturnType<typeof int>>, labels: [string, string]): Model =>
      product('a.b', 1, {
        purposes,
        points: {
          e: event({ id: 1, for: 'a', attributes: { ...attributes, l: oneOf(labels[0], labels[1]) } }),
        },
      });
    const hashes = [
      build({ p: int(0, 1), q: int(0, 1) }, ['x', 'y']),
      build({ q: int(0, 1), p: int(0, 1) }, ['x', 'y']),
      build({ p: int(0, 1), q: int(0, 1) }, ['y', 'x']),
    ].map((model) => hex(modelHash(model)));
    expect(new Set(hashes).size).toBe(3);
  });

  it('keeps the bytes of a published model: its hash is in frames that are stored', () => {
    const smallest = product('a', 1, { purposes, points: { x: counter({ id: 1, for: 'a' }) } });
    expect(hex(encodeModel(smallest))).toMatchInlineSnapshot(
      `"aa6572756c657380666163746f72738066636f6e6669678066706f696e747381ac6269640163666f726161646b696e6467636f756e746572646e616d656178657363616c650167636f6e7465787480687072696f72697479666e6f726d616c6a61747472696275746573806a7065725375626a656374f46b73656e736974697669747968706572736f6e616c6c7265736f6c7574696f6e4d73016d726574656e74696f6e4461797319016d67696e74656e7473806770726f6475637461616776657273696f6e0168636f6d6d616e64738068707572706f73657381a364636f6465687265736561726368646e616d65616165626173697368636f6e7472616374687375626a6563747380"`,
    );
    expect(hex(modelHash(smallest))).toMatchInlineSnapshot(
      `"1bdb0ca7fd41531ac8d42a9096de059ce604782dd35d95af4b5d03d32450d28e"`,
    );
  });

  it('refuses a description that is too large to send', () => {
    const points: Record<string, ReturnType<typeof counter<number, 'a'>>> = {};
    for (let id = 1; id <= 100; id++)
      points['p' + id] = counter({ id, for: 'a', description: 'x'.repeat(1000) });
    const large = product('a', 1, { purposes, points });
    expect(() => encodeModel(large)).toThrow(/larger than 65536 bytes/);
  });
});

describe('decodeModel', () => {
  it('gives back the model that was encoded', () => {
    const back = decodeModel(encodeModel(bed));
    expect(back).toEqual({ ok: true, value: bed });
  });

  it('keeps the order that the wire depends on', () => {
    const back = decodeModel(encodeModel(bed));
    if (!back.ok) throw new Error(back.error.detail);
    expect(Object.keys(back.value.purposes)).toEqual(['service', 'health', 'improve']);
    expect(Object.keys(back.value.points.position_changed.attributes)).toEqual(['preset', 'angle', 'source']);
  });

  it('refuses every truncation', () => {
    const bytes = encodeModel(bed);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(decodeModel(bytes.subarray(0, length)).ok).toBe(false);
    }
  });

  it('never throws for a changed byte, and accepts it only as a model with other bytes', () => {
    const bytes = encodeModel(bed);
    for (let at = 0; at < bytes.length; at += 2) {
      for (const flip of at % 3 === 0 ? [0x80] : [1]) {
        const changed = bytes.slice();
        changed[at] ^= flip;
        const result = decodeModel(changed);
        if (result.ok) expect(hex(encodeModel(result.value))).toBe(hex(changed));
      }
    }
  });

  it.each([
    ['a number', '01', 3],
    ['nothing', '', 1],
    ['an empty map', 'a0', 3],
    ['a key that would be a prototype', 'a1695f5f70726f746f5f5fa0', 3],
    ['keys in the wrong order', 'a26162016161 01'.replace(' ', ''), 2],
    ['a key twice', 'a2616101616101', 1],
    ['a null', 'a16161f6', 3],
    ['lists nested too deep', '81'.repeat(20) + '01', 1],
  ])('refuses %s', (_what, bytes, code) => {
    const result = decodeModel(Buffer.from(bytes, 'hex'));
    expect(result).toMatchObject({ ok: false, error: { code } });
  });

  it('refuses a description larger than the limit before reading it', () => {
    expect(decodeModel(new Uint8Array(70_000))).toMatchObject({ ok: false, error: { code: 14 } });
  });
});

describe('restoreModel', () => {
  it('gives back what was encoded', () => {
    expect(restoreModel(encodeModel(bed))).toEqual({ ok: true, value: bed });
  });

  it('reads a model that a later product() would refuse', () => {
    const older = { ...bed, points: { ...bed.points, mode: { ...bed.points.mode, retentionDays: 0 } } };
    expect(decodeModel(encodeModel(older))).toMatchObject({ ok: false, error: { code: 3 } });
    expect(restoreModel(encodeModel(older))).toEqual({ ok: true, value: older });
  });

  it('refuses bytes that are no description', () => {
    expect(restoreModel(new Uint8Array([0x80]))).toMatchObject({ ok: false, error: { code: 3 } });
    expect(restoreModel(new Uint8Array([0xa1, 0x61, 0x61, 0x81, 0xf6]))).toMatchObject({
      ok: false,
      error: { code: 3 },
    });
    expect(restoreModel(new Uint8Array([0xa1]))).toMatchObject({ ok: false, error: { code: 1 } });
  });
});
