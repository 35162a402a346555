import { readFileSync } from 'node:fs';
import type { Message } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { vectorFiles } from '../../protocol/tools/vectors/files.ts';
import { fromJson } from '../../protocol/tools/vectors/json.ts';
import { modelText, textOf } from '../../protocol/tools/vectors/text.ts';
import { bytesOf } from '../../protocol/tools/vectors/vector.ts';
import { loadVectors } from './load-vectors.ts';
import { oracleDecode, structureOf } from './oracle.ts';

const folder = new URL('../../protocol/vectors/', import.meta.url);

describe('protocol/vectors', () => {
  it.each(Object.keys(vectorFiles))('%s is what its generator makes', (name) => {
    expect(readFileSync(new URL(name, folder), 'utf8')).toBe(textOf(vectorFiles[name] ?? []));
  });

  it('models/lamp.json is what its generator makes', () => {
    expect(readFileSync(new URL('models/lamp.json', folder), 'utf8')).toBe(modelText());
  });
});

describe('cbor-x', () => {
  const accepted = loadVectors().filter((vector) => vector.verdict === 'accept');

  it.each(accepted)('reads $id as the same structure', (vector) => {
    expect(oracleDecode(bytesOf(vector.hex))).toEqual(structureOf(fromJson(vector.value) as Message));
  });
});
