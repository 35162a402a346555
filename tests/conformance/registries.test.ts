import { readFileSync } from 'node:fs';
import { Code, codeClass, ElectiveLabel, Kind, Label } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';

const spec = readFileSync(new URL('../../protocol/spec/SPEC.md', import.meta.url), 'utf8');
const cddl = readFileSync(new URL('../../protocol/spec/usewire.cddl', import.meta.url), 'utf8');

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe('registries', () => {
  it('registries hold what the specification lists', () => {
    const codes = [...spec.matchAll(/^\| (\d+) +\| ([a-z-]+) +\| ([a-z]+) +\|$/gm)].map(
      ([, code, name, kind]) => [Number(code), name, kind],
    );
    expect(codes).toEqual(Object.entries(Code).map(([name, code]) => [code, kebab(name), codeClass(code)]));
    const kinds = (spec.match(/^Up: hello[\s\S]*?model 13\./m)?.[0] ?? '').replace(/\s+/g, ' ');
    for (const [name, kind] of Object.entries(Kind))
      expect(kinds).toMatch(new RegExp(`\\b${kebab(name)} ${kind}\\b`));
  });

  it('the CDDL lists the same codes', () => {
    const block = cddl.match(/code = &\(([^)]*)\)/)?.[1] ?? '';
    const listed = [...block.matchAll(/([a-z-]+): (\d+)/g)].map(([, name, code]) => [name, Number(code)]);
    expect(listed).toEqual(Object.entries(Code).map(([name, code]) => [kebab(name), code]));
  });

  it('every label has one number, and every number one label', () => {
    expect(Object.values(Label)).toEqual(Array.from({ length: 31 }, (_, i) => i));
    expect(Object.values(ElectiveLabel)).toEqual([-1, -2, -3, -4, -5]);
  });
});
