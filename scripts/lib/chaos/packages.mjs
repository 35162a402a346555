import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../bootstrap.mjs';

/** The root has no dependencies of its own; what crosses packages is resolved where the tests are. */
const require = createRequire(join(root, 'tests', 'package.json'));

/** A built package of the workspace, or one of its dependencies, by its public name. */
export function load(name) {
  return import(pathToFileURL(require.resolve(name)).href);
}
