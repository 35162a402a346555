import { envelopeVectors } from './envelope.ts';
import { kindVectors } from './kinds.ts';
import { strictnessVectors } from './strictness.ts';
import type { Vector } from './vector.ts';

/** Files of vectors/ and what stands in them. */
export const vectorFiles: Record<string, Vector[]> = {
  'kinds.json': kindVectors,
  'strictness.json': strictnessVectors,
  'envelope.json': envelopeVectors,
};
