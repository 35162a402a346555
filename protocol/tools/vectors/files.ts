import { bitRows } from './bits.ts';
import { envelopeVectors } from './envelope.ts';
import { kindVectors } from './kinds.ts';
import { packedVectors } from './records-packed.ts';
import { pairedVectors, plainVectors } from './records-plain.ts';
import { strictnessVectors } from './strictness.ts';

/** Files of vectors/ and what stands in them. */
export const vectorFiles: Record<string, object[]> = {
  'kinds.json': kindVectors,
  'strictness.json': strictnessVectors,
  'envelope.json': envelopeVectors,
  'records-plain.json': plainVectors,
  'records-packed.json': packedVectors,
  'records-paired.json': pairedVectors,
  'bits.json': bitRows,
};
