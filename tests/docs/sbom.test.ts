import { describe, expect, it } from 'vitest';
import { packageBom, validate, wholeBom } from '../../scripts/lib/sbom/bom.mjs';
import { isAllowed, licenceFaults } from '../../scripts/lib/sbom/licences.mjs';
import { published, runtimeOf } from '../../scripts/lib/sbom/lockfile.mjs';

interface Bom {
  components: { purl: string; hashes?: { alg: string; content: string }[]; licenses: object[] }[];
}

describe('the bill of materials', () => {
  it.each(published)('of %s is CycloneDX by its schema', async (name) => {
    expect(await validate(packageBom(name))).toBeNull();
  });

  it('names every package that the lockfile installs at run time, with its hash', () => {
    const { components } = JSON.parse(wholeBom()) as Bom;
    const foreign = components.filter(({ purl }) => !purl.includes('%40usewire/'));
    const installed = published
      .flatMap((name) => runtimeOf(name).packages)
      .map(({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`);
    expect(foreign.map(({ purl }) => purl).toSorted()).toEqual([...new Set(installed)].toSorted());
    for (const { hashes, licenses } of foreign) {
      expect(hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
      expect(licenses).toHaveLength(1);
    }
  });

  it('is the same bytes each time', () => {
    expect(wholeBom()).toBe(wholeBom());
  });

  it('is refused by the schema when something else is in it', async () => {
    expect(await validate(wholeBom().replace('"type": "application"', '"type": "apple"'))).not.toBeNull();
  });
});

describe('licences', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND GPL-3.0-only', false],
    ['AGPL-3.0-only', false],
    [undefined, false],
  ])('%s is allowed: %s', (licence, allowed) => {
    expect(isAllowed(licence)).toBe(allowed);
  });

  it('that nobody tells are faults', () => {
    expect(licenceFaults([{ key: 'x@1.0.0', name: 'x', version: '1.0.0', needs: [] }])).toEqual([
      expect.stringContaining('no licence told'),
    ]);
  });
});
