import { bitRows } from './bits.ts';
import { envelopeVectors } from './envelope.ts';
import { kindRefusals } from './kind-refusals.ts';
import { kindVectors } from './kinds.ts';
import { moreKindVectors } from './kinds-more.ts';
import { packedRefusals } from './packed-refusals.ts';
import { packedVectors } from './records-packed.ts';
import { pairedVectors } from './records-paired.ts';
import { plainVectors } from './records-plain.ts';
import { sealRows } from './seal.ts';
import { sealKeyRefusals } from './seal-key-refusals.ts';
import { sealRefusals } from './seal-refusals.ts';
import { serialRows } from './serial.ts';
import { strictnessVectors } from './strictness.ts';
import { strictnessValueVectors } from './strictness-values.ts';

/** Files of vectors/ and what stands in them. */
export const vectorFiles: Record<string, object[]> = {
  'kinds.json': [...kindVectors, ...moreKindVectors],
  'strictness.json': [...strictnessVectors, ...strictnessValueVectors],
  'envelope.json': [...envelopeVectors, ...kindRefusals],
  'records-plain.json': plainVectors,
  'records-packed.json': [...packedVectors, ...packedRefusals],
  'records-paired.json': pairedVectors,
  'bits.json': bitRows,
  'serial.json': serialRows,
  'seal.json': [...sealRows, ...sealRefusals, ...sealKeyRefusals],
};
