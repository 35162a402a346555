import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../bootstrap.mjs';

/** Packages of ours that are published, in order of dependency. */
export const published = ['protocol', 'device-sdk', 'gateway', 'simulators'];

/**
 * Everything that comes with a published package when it is installed, by the lockfile: what was resolved and tested, not what a registry
 * would give today. Keys are those of the lockfile's snapshots, `name@version` with peers in brackets.
 */
export function runtimeOf(name, lockfile = readLockfile()) {
  const found = new Map();
  const direct = [];
  const take = (dependency, version) => {
    const key = `${dependency}@${version}`;
    if (found.has(key)) return key;
    const { dependencies = {}, optionalDependencies = {} } = lockfile.snapshots[key];
    const entry = { key, name: dependency, version: version.replace(/\(.*$/, ''), needs: [] };
    found.set(key, entry);
    entry.needs = Object.entries({ ...dependencies, ...optionalDependencies }).map((pair) => take(...pair));
    return key;
  };
  const importer = lockfile.importers[name];
  const ours = [];
  for (const [dependency, { version }] of Object.entries({
    ...importer.dependencies,
    ...importer.optionalDependencies,
  })) {
    if (version.startsWith('link:')) ours.push(version.replace('link:../', ''));
    else direct.push(take(dependency, version));
  }
  return { ours, direct, packages: [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

export function readLockfile() {
  return parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'));
}

/** SHA-512 in hex of the archive that was installed. */
export function sha512Of({ name, version }, lockfile) {
  const { integrity } = lockfile.packages[`${name}@${version}`].resolution;
  return Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
}
