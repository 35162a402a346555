import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { allowed, exceptions, licenceOf } from './licences.mjs';
import { published, readLockfile, runtimeOf } from './lockfile.mjs';

export const documentFile = join(root, 'docs', 'licences.md');

export function writeLicenceDocument() {
  writeFileSync(documentFile, licenceDocument());
}

/** Every package that is installed with one of ours, its licence, and what brings it. */
export function licenceDocument() {
  const lockfile = readLockfile();
  const rows = new Map();
  for (const name of published) {
    for (const entry of runtimeOf(name, lockfile).packages) {
      const row = rows.get(`${entry.name}@${entry.version}`) ?? { ...entry, with: [] };
      rows.set(`${entry.name}@${entry.version}`, row);
      if (!row.with.includes(name)) row.with.push(name);
    }
  }
  const lines = [...rows.values()].map(
    (row) => `| ${row.name} | ${row.version} | ${licenceOf(row) ?? 'not told'} | ${row.with.join(', ')} |`,
  );
  const reasons = Object.entries(exceptions).map(([name, why]) => `- ${name}: ${why}`);
  return `# Licences of what is installed with Usewire

Made from the lockfile by \`npm run sbom\`; \`npm run check -- SBOM\` fails when it is not up to date, or when a licence is none of: ${allowed.join(', ')}.

By name, with a reason:

${reasons.join('\n')}

| package | version | licence | comes with |
| --- | --- | --- | --- |
${lines.join('\n')}
`;
}
