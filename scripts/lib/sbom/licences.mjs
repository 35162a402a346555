import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';

/** Licences that ask for no more than to be named. Another one is a decision: ARCHITECTURE.md says why it was taken. */
export const allowed = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
];

/** Taken by name although its licence is not in the list, and why. */
export const exceptions = {
  '@garmin/fitsdk':
    'the FIT protocol licence of Garmin: royalty-free, for use inside a business, not transferable, not open source. Who installs the simulators accepts it; nothing on a device or in a gateway has it. It reads FIT recordings for replay.',
};

/** SPDX licence of an installed package, or undefined: of none that is here (for another system) and of none that tells. */
export function licenceOf({ key, name }) {
  const folder = key.replaceAll('/', '+').replace(/\)$/, '').replace(/\)?\(/g, '_');
  const file = join(root, 'node_modules', '.pnpm', folder, 'node_modules', name, 'package.json');
  if (!existsSync(file)) return undefined;
  const { license } = JSON.parse(readFileSync(file, 'utf8'));
  return typeof license === 'string' ? license : undefined;
}

/** What is wrong with the licences of these packages, a line each. */
export function licenceFaults(packages) {
  return packages
    .filter((entry) => exceptions[entry.name] === undefined && !isAllowed(licenceOf(entry)))
    .map(
      (entry) =>
        `${entry.name} ${entry.version}: ${licenceOf(entry) ?? 'no licence told'} is not in the list of scripts/lib/sbom/licences.mjs`,
    );
}

/** Whether an SPDX expression lets us choose licences that are all allowed. */
export function isAllowed(licence) {
  if (licence === undefined) return false;
  const plain = licence.replace(/[()]/g, ' ').trim();
  return plain
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((id) => allowed.includes(id.trim())));
}
