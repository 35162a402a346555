import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, root } from './bootstrap.mjs';
import { buildTypes, ensureBuilt } from './build.mjs';

const packages = ['protocol', 'device-sdk', 'gateway', 'simulators'];
const bin = (...path) => join(root, 'node_modules', ...path);

/** Every check besides the tests: name, and what runs it. A check fails by a non-zero code or by throwing. */
export const checks = [
  [
    'format and lint',
    () => node(bin('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--max-diagnostics=40', '.'),
  ],
  ['build', () => ensureBuilt()],
  ['types', typesOfAll],
  [
    'import rules',
    () =>
      node(
        bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
        '--config',
        '.dependency-cruiser.cjs',
        ...packages,
        'examples',
        'tests',
      ),
  ],
  ['dead code', () => node(bin('knip', 'bin', 'knip.js'), '--no-progress')],
  [
    'API reports',
    () =>
      node(join(root, 'scripts', 'api.mjs'), ...(process.argv.includes('--update-api') ? ['--update'] : [])),
  ],
  ['packages', checkPackages],
  ['SBOM and licences', () => node(join(root, 'scripts', 'sbom.mjs'), '--check')],
  ['examples', () => node(join(root, 'scripts', 'examples.mjs'))],
];

function node(...args) {
  return execute(process.execPath, args);
}

async function typesOfAll() {
  await buildTypes();
  const tsc = bin('typescript', 'bin', 'tsc');
  const results = [];
  for (const project of ['examples', 'tests']) results.push(await node(tsc, '-p', project, '--pretty'));
  return {
    code: Math.max(...results.map((result) => result.code)),
    output: results.map((result) => result.output).join(''),
  };
}

/** Packs each package as it would be published and looks at the tarball, not at the folder. */
async function checkPackages() {
  const dir = mkdtempSync(join(tmpdir(), 'usewire-pack-'));
  try {
    let output = '';
    for (const name of packages) {
      const { code, output: said } = await packAndCheck(name, join(dir, name));
      output += said;
      if (code !== 0) return { code, output };
    }
    return { code: 0, output };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function packAndCheck(name, dir) {
  const pack = await execute('npx', ['--yes', 'pnpm@10.34.9', 'pack', '--pack-destination', dir], {
    cwd: join(root, name),
  });
  if (pack.code !== 0) return pack;
  const tarball = join(dir, readdirSync(dir)[0]);
  const lint = await node(bin('publint', 'src', 'cli.js'), tarball, '--strict');
  if (lint.code !== 0) return lint;
  return node(
    bin('@arethetypeswrong', 'cli', 'dist', 'index.js'),
    tarball,
    '--profile',
    'esm-only',
    '--no-color',
  );
}
