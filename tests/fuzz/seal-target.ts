import { open, peekLevel, seal } from '@usewire/protocol/seal';
import { codeName, toHex } from '@usewire/protocol/wire';
import { dataMessage, everySeal, opening, sealing } from '../conformance/seal-fixture.ts';
import { mutate } from './mutate.ts';
import type { FuzzRandom } from './random.ts';
import { type BytesTarget, bytesTarget, hold } from './target.ts';

/** Frames that the owners of keys made. Anything else that opens is a forgery. */
const genuine = new Set(everySeal.map(([, , frame]) => toHex(frame)));
const frames = everySeal.map(([, , frame]) => frame);
const contexts = [...new Set(everySeal.map(([, , , context]) => context))];

/** Sealed frames, damaged or joined, into `open`: none but the owner of a key gets in. */
export function sealTarget(): BytesTarget {
  return bytesTarget({
    make: frameBytes,
    take(bytes, count) {
      peekLevel(bytes);
      for (const context of contexts) count(opens(bytes, context));
      count(opens(bytes, { ...opening, minimum: 0 }));
    },
  });
}

function frameBytes(random: FuzzRandom): Uint8Array {
  const how = random.below(10);
  if (how === 0)
    return Buffer.concat([
      Buffer.from([random.pick([0xd0, 0xd1, 0xd2, 0xa4])]),
      random.bytes(random.below(120)),
    ]);
  if (how === 1) return random.pick(frames);
  if (how === 2) {
    const frame = seal(random.pick([1, 3] as const), dataMessage(random.below(1000)), sealing);
    // A change may change nothing: a byte repeated no times, a cut at the end.
    genuine.add(toHex(frame));
    return mutate(random, frame, random.pick(frames));
  }
  return mutate(random, random.pick(frames), random.pick(frames));
}

function opens(bytes: Uint8Array, context: Parameters<typeof open>[1]): string {
  const result = open(bytes, context);
  if (!result.ok) {
    const { code, answer } = result.error;
    hold(codeName(code) !== 'unknown', 'a refusal has a code');
    // POU-SEAL-11: a forger is told nothing. Only frames of key owners and what asks for no seal may be answered.
    const proven = genuine.has(toHex(bytes)) || peekLevel(bytes) === 0;
    hold(answer === null || proven, `a frame that proves nothing is answered with ${codeName(code)}`);
    return codeName(code);
  }
  const { level, payload } = result.value;
  hold(level === 0 || genuine.has(toHex(bytes)), `a forged frame opens at S${level}`);
  hold(payload.length <= bytes.length, 'a message is no longer than its frame');
  return `opened at S${level}`;
}
