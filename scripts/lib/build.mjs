import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, root } from './bootstrap.mjs';
import { Stop, say } from './say.mjs';

/** In order of dependency. */
const packages = ['protocol', 'device-sdk', 'gateway', 'simulators'];

/** Bundles each package whose sources changed since its last build. */
export async function ensureBuilt() {
  for (const name of packages) {
    const stamp = join(root, name, 'dist', '.built');
    const wanted = fingerprint(name);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
    say(`Building ${name} ...`);
    await bundle(name);
    mkdirSync(join(root, name, 'dist'), { recursive: true });
    writeFileSync(stamp, wanted);
  }
}

async function bundle(name) {
  const tsup = join(root, 'node_modules', 'tsup', 'dist', 'cli-default.js');
  const { code, output } = await execute(process.execPath, [tsup, '--silent'], { cwd: join(root, name) });
  if (code !== 0) throw new Stop(`Building ${name} failed:\n${output.trim()}`);
}

/** Emits declarations beside the bundles and checks the types of everything on the way. */
export async function buildTypes() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await execute(process.execPath, [tsc, '-b', '--pretty']);
  if (code !== 0) throw new Stop(output.trim());
}

/** Sources that go into a package's bundle: its own, and those of the packages bundled into it. */
function fingerprint(name) {
  const hash = createHash('sha256');
  const dirs = name === 'device-sdk' ? ['protocol', name] : [name];
  for (const dir of dirs) {
    hash.update(readFileSync(join(root, dir, 'package.json')));
    hash.update(readFileSync(join(root, dir, 'tsup.config.ts')));
    if (dir === 'device-sdk') hash.update(readFileSync(join(root, dir, 'tsup.espruino.ts')));
    for (const file of sources(join(root, dir, 'src'))) hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function sources(dir) {
  return readdirSync(dir)
    .sort()
    .flatMap((entry) => {
      const path = join(dir, entry);
      if (statSync(path).isDirectory()) return sources(path);
      return path.endsWith('.ts') && !path.endsWith('.test.ts') ? [path] : [];
    });
}
