import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Stop } from '../say.mjs';

const help = `npm run chaos -- [options]
  --minutes N    about how long (default 4)
  --seed N       the same seed plans the same faults (default: drawn, and printed)
  --devices N    devices of the fleet (default 24)
  --kills N      kill -9 of the gateway (default 6.5 a minute)
  --terms N      SIGTERM of the gateway (default 1.5 a minute)
  --data-dir DIR where logs, stores and files go (default .usewire/chaos/<time>)
  --plan         print the faults that the seed plans, run nothing
  --json         the last line of the output is one JSON object`;

const spec = {
  minutes: { type: 'string', default: '4' },
  seed: { type: 'string' },
  devices: { type: 'string', default: '24' },
  kills: { type: 'string' },
  terms: { type: 'string' },
  'data-dir': { type: 'string' },
  plan: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** The command line of `npm run chaos`; a wrong one ends with what is right (exit code 2). */
export function chaosOptions(argv) {
  const values = parse(argv);
  if (values.help) throw new Stop(help, 0);
  const optional = (name) =>
    values[name] === undefined ? undefined : whole(`--${name}`, values[name], 0, 100_000);
  return {
    minutes: minutesOf(values.minutes),
    seed: optional32(values.seed) ?? Math.floor(Math.random() * 2 ** 31),
    devices: whole('--devices', values.devices, 1, 1_000),
    kills: optional('kills'),
    terms: optional('terms'),
    dataDir: values['data-dir'] && resolve(process.env.INIT_CWD ?? '.', values['data-dir']),
    plan: values.plan,
    json: values.json,
  };
}

/** The one command that plans the same faults again. */
export function repeatCommand({ minutes, seed, devices, kills, terms }) {
  const parts = ['npm run chaos --', `--minutes ${minutes}`, `--seed ${seed}`, `--devices ${devices}`];
  if (kills !== undefined) parts.push(`--kills ${kills}`);
  if (terms !== undefined) parts.push(`--terms ${terms}`);
  return parts.join(' ');
}

function parse(argv) {
  try {
    return parseArgs({ args: argv, options: spec, strict: true }).values;
  } catch (error) {
    throw new Stop(`${error.message}\n\n${help}`, 2);
  }
}

function minutesOf(text) {
  const minutes = Number(text);
  if (minutes >= 0.1 && minutes <= 1_440) return minutes;
  throw new Stop(`--minutes takes a number from 0.1 to 1440; '${text}' is not one.`, 2);
}

const optional32 = (text) => (text === undefined ? undefined : whole('--seed', text, 0, 2 ** 32 - 1));

function whole(name, text, least, most) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most && text.trim() !== '') return number;
  throw new Stop(`${name} takes a whole number from ${least} to ${most}; '${text}' is not one.`, 2);
}
