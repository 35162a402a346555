import {
  compileModel,
  parseModelFile,
  toCddl,
  toDataSheet,
  toJsonSchema,
  toModelJson,
  toSqlColumns,
} from '@usewire/protocol/check';
import { decodeModel, encodeModel, type Model, modelTable } from '@usewire/protocol/model';
import { codeName, sameBytes } from '@usewire/protocol/wire';
import { products } from '@usewire/simulators';
import { lamp } from '../../protocol/tools/vectors/lamp.ts';
import { mutate } from './mutate.ts';
import type { FuzzRandom } from './random.ts';
import { type BytesTarget, bytesTarget, hold } from './target.ts';

const models: Model[] = [lamp, ...products.map(({ model }) => model)];
const canonical = models.map((model) => encodeModel(model));
const texts = models.map((model) => JSON.stringify(toModelJson(model)));

/** What a JSON file may hold where something else belongs. */
const STRANGE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  9007199254740992,
  0.1,
  '',
  'x',
  'constructor',
  '__proto__',
  'x'.repeat(5_000),
  '\u0000\ud800\u2028',
  [],
  {},
  [[[[[[[[[[]]]]]]]]]],
  { constructor: { prototype: 1 } },
  [-1e308, 1e308],
  [1, 0],
];
const KEYS = [
  'range',
  'scale',
  'values',
  'id',
  'kind',
  'unit',
  'attributes',
  'hasOwnProperty',
  '0',
  '-1',
  'then',
];

/** Model files, as JSON text or as canonical bytes, into what a gateway and its tools make of them. */
export function modelTarget(): BytesTarget {
  return bytesTarget({
    make: (random) => (random.chance(0.6) ? jsonFile(random) : binaryFile(random)),
    take: (bytes, count) => count(bytes[0] === 0x7b ? fromJson(bytes) : fromBinary(bytes)),
  });
}

function binaryFile(random: FuzzRandom): Uint8Array {
  const bytes = random.pick(canonical);
  return random.chance(0.05) ? bytes : mutate(random, bytes, random.pick(canonical));
}

function jsonFile(random: FuzzRandom): Uint8Array {
  const text = random.pick(texts);
  if (random.chance(0.2)) return mutate(random, Buffer.from(text), Buffer.from(random.pick(texts)));
  const json: unknown = JSON.parse(text);
  for (let i = random.below(4); i >= 0; i -= 1) change(random, json);
  return Buffer.from(JSON.stringify(json));
}

/** Puts something strange somewhere in the tree, takes something away, or copies a part to where another was. */
function change(random: FuzzRandom, json: unknown): void {
  const places = holdersIn(json);
  const [holder, key] = random.pick(places);
  const how = random.below(4);
  if (how === 0) delete holder[key];
  else if (how === 1) {
    const [from, name] = random.pick(places);
    holder[key] = structuredClone(from[name]);
  } else holder[how === 2 ? random.pick(KEYS) : key] = structuredClone(random.pick(STRANGE));
}

type Holder = Record<string, unknown>;

function holdersIn(value: unknown): [Holder, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [[holder, key] as [Holder, string], ...holdersIn(holder[key])]);
}

function fromJson(bytes: Uint8Array): string {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return 'no JSON';
  }
  const parsed = parseModelFile(json);
  if (parsed.ok) return uses(parsed.model, 'file');
  hold(parsed.faults.length > 0, 'a refusal says why');
  for (const { code, message } of parsed.faults)
    hold(/^[A-Z_]+$/.test(code) && /\S/.test(message), `code and words: ${code}`);
  return `file: ${parsed.faults[0]!.code}`;
}

function fromBinary(bytes: Uint8Array): string {
  const decoded = decodeModel(bytes);
  if (!decoded.ok) {
    hold(codeName(decoded.error.code) !== 'unknown', 'a refusal has a code');
    return `bytes: ${codeName(decoded.error.code)}`;
  }
  hold(sameBytes(encodeModel(decoded.value), bytes), 'a model has one description');
  return uses(decoded.value, 'bytes');
}

/** A model that was accepted can be used for everything that models are for. */
function uses(model: Model, how: string): string {
  const bytes = encodeModel(model);
  const again = decodeModel(bytes);
  hold(again.ok && sameBytes(encodeModel(again.value), bytes), 'an accepted model travels');
  const table = modelTable(model);
  compileModel(table).check(bytes);
  for (const made of [
    toCddl(model),
    toDataSheet(model),
    JSON.stringify(toJsonSchema(model)),
    JSON.stringify(toSqlColumns(model)),
  ]) {
    hold(made.length > 0, 'something is made of it');
  }
  hold(parseModelFile(JSON.parse(JSON.stringify(toModelJson(model)))).ok, 'its file is a model file');
  return `${how}: accepted`;
}
