import { readdirSync, readFileSync } from 'node:fs';
import { compileModel, type DataChecker, materialise, peekHead } from '@usewire/protocol/check';
import { decodeModel, type Entry, encodeRecords } from '@usewire/protocol/model';
import {
  codeName,
  decodeLabels,
  decodeMessage,
  decodeTree,
  encodeMessage,
  Kind,
  sameBytes,
  type Tree,
} from '@usewire/protocol/wire';
import { lampTable, pointAt } from '../../protocol/tools/vectors/lamp.ts';
import { mutate } from './mutate.ts';
import type { FuzzRandom } from './random.ts';
import { type BytesTarget, bytesTarget, hold } from './target.ts';

const MAX_RECORDS = 65_536;

/** Messages into the decoder and into the compiled checker of a model, in the plain and in the packed form. */
export function cborTarget(): BytesTarget {
  const seeds = vectorBytes();
  const checker = compileModel(lampTable);
  return bytesTarget({
    make: (random) => inputOf(random, seeds),
    take(bytes, count) {
      count(decodes(bytes));
      count(checks(checker, bytes));
    },
  });
}

/** Hex of every message vector, right and wrong. */
function vectorBytes(): Uint8Array[] {
  const folder = new URL('../../protocol/vectors/', import.meta.url);
  const names = readdirSync(folder).filter((name) =>
    /^(envelope|kinds|records|strictness).*json$/.test(name),
  );
  const rows = names.flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  return (rows as { hex?: string }[])
    .map(({ hex }) => Buffer.from((hex ?? '').replace(/\s/g, ''), 'hex'))
    .filter((bytes) => bytes.length > 0 && bytes.length < 4000);
}

function inputOf(random: FuzzRandom, seeds: readonly Uint8Array[]): Uint8Array {
  const how = random.below(10);
  if (how === 0) return random.bytes(random.below(200));
  if (how === 1) return item(random, 12);
  if (how < 5) {
    const message = generated(random);
    return random.chance(0.2) ? message : mutate(random, message, random.pick(seeds));
  }
  return mutate(random, random.pick(seeds), random.pick(seeds));
}

/** A CBOR item of any type, well-formed more often than not. */
function item(random: FuzzRandom, depth: number): Buffer {
  const major = random.below(depth > 0 ? 8 : 4);
  const count = random.below(major < 2 ? 24 : 5);
  const head = Buffer.from([(major << 5) | count]);
  if (major < 2 || major === 7) return head;
  if (major < 4) return Buffer.concat([head, random.bytes(count)]);
  const items = major === 6 ? 1 : major === 5 ? count * 2 : count;
  return Buffer.concat([head, ...Array.from({ length: items }, () => item(random, depth - 1))]);
}

/** A right data message of the lamp, in either form. */
function generated(random: FuzzRandom): Uint8Array {
  const uptimeMs = random.below(1_000_000);
  const form = random.chance(0.5) ? 'plain' : 'packed';
  const entries = Array.from({ length: 1 + random.below(12) }, (_, i) => entry(random, uptimeMs + i * 10));
  return encodeMessage({
    kind: Kind.data,
    seq: random.below(1000),
    boot: random.chance(0.5) ? 1 : random.bytes(8),
    uptimeMs,
    modelHash: lampTable.hash.subarray(0, 4),
    epoch: 0,
    records: encodeRecords(lampTable, uptimeMs, entries, form),
  });
}

function entry(random: FuzzRandom, atMs: number): Entry {
  if (random.chance(0.3)) {
    const samples = Array.from({ length: 1 + random.below(20) }, () => 25 + random.below(190));
    return { form: 'series', point: pointAt('pulse'), atMs, periodMs: 1000, samples };
  }
  const name = random.pick(['turns', 'warmth', 'mode', 'dim', 'drift'] as const);
  const limit = { turns: 1e9, warmth: 800, mode: 3, dim: 101, drift: 1e6 }[name];
  return { form: 'record', point: pointAt(name), atMs, values: [random.below(limit)] };
}

function hasElective(tree: Tree | null): boolean {
  if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return false;
  return Object.entries(tree).some(([key, value]) => Number(key) < 0 || hasElective(value));
}

function decodes(bytes: Uint8Array): string {
  const message = decodeMessage(bytes);
  peekHead(bytes);
  // A device passes over what stands at elective labels without looking into it.
  if (decodeLabels(bytes) !== null && !hasElective(decodeTree(bytes)))
    hold(message.ok, 'the codec of devices accepts what the codec of the gateway refuses');
  if (!message.ok) {
    const { code, offset } = message.error;
    hold(codeName(code) !== 'unknown' && offset >= 0 && offset <= bytes.length, 'a refusal names its place');
    return `decode: ${codeName(code)}`;
  }
  hold(sameBytes(encodeMessage(message.value), bytes), 'decoding and encoding gives the same bytes');
  if (message.value.kind === Kind.model) decodeModel(message.value.model);
  return 'decode: accepted';
}

function checks(checker: DataChecker, bytes: Uint8Array): string {
  const verdict = checker.check(bytes);
  if (!verdict.ok) {
    hold(codeName(verdict.code) !== 'unknown', 'a refusal has a code');
    return `check: ${codeName(verdict.code)}`;
  }
  hold(decodeMessage(bytes).ok, 'what the checker accepts, the decoder accepts');
  hold(verdict.columns.count <= MAX_RECORDS, 'no more records than the limit');
  hold(materialise(lampTable, verdict).length === verdict.columns.count, 'every record can be told');
  return 'check: accepted';
}
