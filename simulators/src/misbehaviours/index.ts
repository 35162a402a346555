import { beforeConnectCases } from './before-connect-cases.ts';
import { cborCases } from './cbor-cases.ts';
import { meaningCases } from './meaning-cases.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import { sessionCases } from './session-cases.ts';

export { misbehaviourModel } from './cbor-bytes.ts';
export type { Answer, Culprit, Misbehaviour } from './misbehaviour.ts';
export {
  differences,
  type PlayOptions,
  playMisbehaviour,
  type Seen,
} from './play.ts';
export { answerText, misbehaviourTable } from './table.ts';

/** Everything that a device must not do, each with its documented answer. */
export const misbehaviours: readonly Misbehaviour[] = [
  ...beforeConnectCases,
  ...sessionCases,
  ...cborCases,
  ...meaningCases,
];
