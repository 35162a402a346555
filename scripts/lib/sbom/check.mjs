import { existsSync, readFileSync } from 'node:fs';
import { validate } from './bom.mjs';
import { documentFile } from './licence-document.mjs';
import { licenceFaults } from './licences.mjs';
import { published, runtimeOf } from './lockfile.mjs';

/** What is wrong with bills of materials, licences, and the document that lists them; a line each. */
export async function sbomFaults(boms, document) {
  const faults = [];
  for (const { file, text } of boms) {
    const wrong = await validate(text);
    if (wrong !== null) faults.push(`${file} is no CycloneDX: ${JSON.stringify(wrong).slice(0, 500)}`);
    const refs = JSON.parse(text).components.map((component) => component['bom-ref']);
    if (new Set(refs).size !== refs.length) faults.push(`${file} names a component twice`);
  }
  const packages = new Map(
    published.flatMap((name) => runtimeOf(name).packages).map((entry) => [entry.key, entry]),
  );
  faults.push(...licenceFaults([...packages.values()]));
  const written = existsSync(documentFile) ? readFileSync(documentFile, 'utf8') : '';
  if (written !== document)
    faults.push("docs/licences.md is not what the lockfile says: run 'npm run sbom'.");
  return faults;
}
