import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run, say, Stop } = await import('./lib/say.mjs');
/** Writes the bills of materials and docs/licences.md; `--check` holds them to the schema, to the list of licences and to the document. */
await run(async () => {
  const { ensureInstalled } = await import('./lib/bootstrap.mjs');
  await ensureInstalled();
  const { writeSboms } = await import('./lib/sbom/write.mjs');
  const { licenceDocument, writeLicenceDocument } = await import('./lib/sbom/licence-document.mjs');
  const written = writeSboms();
  if (!process.argv.includes('--check')) {
    writeLicenceDocument();
    say(`Written: ${written.map(({ file }) => file).join(', ')}, docs/licences.md`);
    return 0;
  }
  const { sbomFaults } = await import('./lib/sbom/check.mjs');
  const faults = await sbomFaults(written, licenceDocument());
  if (faults.length > 0) throw new Stop(faults.join('\n'));
  return 0;
});
