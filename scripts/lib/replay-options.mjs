import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './bootstrap.mjs';
import { Stop } from './say.mjs';

const help = `npm run replay -- PATH... [options]
  PATH              FIT, GPX, GeoJSON or CSV recordings, or folders with them
  --speed N         N times as fast as it was; left out: as fast as it can
  --zone ZONE       of local times without a zone: UTC, America/Chicago, +02:00 (default UTC)
  --first-day DATE  the date of day 1, where a recording has no dates (default 2020-01-01)
  --data-dir DIR    where the gateway keeps what arrives (default .usewire/replay)
  --json            the last line of the output is one JSON object`;

const spec = {
  speed: { type: 'string' },
  zone: { type: 'string' },
  'first-day': { type: 'string' },
  'data-dir': { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** The command line of `npm run replay`; what belongs to `usewire-sim replay` is handed on and checked there. */
export function replayOptions(argv) {
  const { values, positionals } = parse(argv);
  if (values.help) throw new Stop(help, 0);
  if (positionals.length === 0) throw new Stop(`Which recordings? None was named.\n\n${help}`, 2);
  // npm runs scripts in the root; what a person typed is meant from where they stood.
  const here = process.env.INIT_CWD ?? '.';
  const paths = positionals.map((path) => resolve(here, path));
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) throw new Stop(`${missing} is not there.`, 2);
  const passed = ['speed', 'zone', 'first-day'].flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  );
  if (values.json) passed.push('--json');
  return {
    arguments: [...paths, ...passed],
    dataDir: values['data-dir'] ? resolve(here, values['data-dir']) : join(root, '.usewire', 'replay'),
  };
}

function parse(argv) {
  try {
    return parseArgs({ args: argv, options: spec, strict: true, allowPositionals: true });
  } catch (error) {
    throw new Stop(`${error.message}\n\n${help}`, 2);
  }
}
