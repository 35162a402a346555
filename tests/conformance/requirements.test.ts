import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadRows, loadVectors } from './load-vectors.ts';

const root = new URL('../../', import.meta.url);
const spec = readFileSync(new URL('protocol/spec/SPEC.md', root), 'utf8');
const vectorTests = [
  'tests/conformance/vectors.test.ts',
  'tests/conformance/bit-vectors.test.ts',
  'tests/conformance/seal-vectors.test.ts',
  'tests/conformance/serial-vectors.test.ts',
];

interface Requirement {
  id: string;
  text: string;
  file: string;
  test: string;
}

const shape = /^- \*\*(POU-[A-Z]+-\d+)\*\* ([\s\S]*?)\n {2}Test: (\S+) "([^"]+)"$/gm;
const requirements: Requirement[] = [...spec.matchAll(shape)].map(
  ([, id = '', text = '', file = '', test = '']) => {
    return { id, text, file, test };
  },
);
const ids = requirements.map((requirement) => requirement.id);

const named = [
  ...loadVectors().map((vector) => vector.requirement),
  ...['bits.json', 'seal.json', 'serial.json'].flatMap((name) =>
    loadRows<{ requirement: string }>(name).map((row) => row.requirement),
  ),
];

/** Titles may be in any quotes; `it.each` titles are looked up as they stand. */
function hasTest(requirement: Requirement): boolean {
  if (vectorTests.includes(requirement.file)) return named.includes(requirement.test);
  const file = new URL(requirement.file, root);
  if (!existsSync(file)) return false;
  const text = readFileSync(file, 'utf8').replace(/\\'/g, "'");
  return ["'", '"', '`'].some((quote) => text.includes(`it(${quote}${requirement.test}${quote}`));
}

const folders = [
  'protocol/src',
  'protocol/spec',
  'protocol/tools',
  'device-sdk/src',
  'gateway/src',
  'simulators/src',
];
const testFolders = ['tests/conformance', 'tests/contract', 'tests/e2e'];

function textFiles(): URL[] {
  const present = [...folders, ...testFolders].filter((folder) => existsSync(new URL(folder, root)));
  return present.flatMap((folder) => {
    const names = readdirSync(new URL(folder, root), { recursive: true }) as string[];
    return names
      .filter((name) => /\.(ts|md|cddl)$/.test(name))
      .map((name) => new URL(`${folder}/${name}`, root));
  });
}

describe('SPEC.md', () => {
  it('gives every requirement one id, in order, and a test', () => {
    const mentioned = spec.match(/^- \*\*POU-[A-Z]+-\d+/gm) ?? [];
    expect(requirements.length).toBe(mentioned.length);
    expect(requirements.length).toBeGreaterThan(60);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(requirements)('$id is held by a test that exists', (requirement) => {
    expect(hasTest(requirement), `${requirement.file} "${requirement.test}"`).toBe(true);
  });

  it('knows every requirement that a vector, a source or a test names', () => {
    const inFiles = textFiles().flatMap((file) => readFileSync(file, 'utf8').match(/POU-[A-Z]+-\d+/g) ?? []);
    expect([...new Set([...inFiles, ...named])].filter((id) => !ids.includes(id))).toEqual([]);
  });
});
