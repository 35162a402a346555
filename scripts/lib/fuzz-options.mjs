import { parseArgs } from 'node:util';
import { Stop } from './say.mjs';

export const targets = ['mqtt', 'cbor', 'serial', 'seal', 'config', 'model', 'admin'];
const usage = `npm run fuzz -- [--seconds N | --minutes N] [--seed S] [--only ${targets.join('|')}] [--from I] [--inputs N]`;

/** Seconds and minutes are for each target; --from and --inputs repeat single inputs of a seed. */
export function fuzzOptions(args) {
  const text = { type: 'string' };
  const options = { seconds: text, minutes: text, seed: text, only: text, from: text, inputs: text };
  const { values } = parsed(() => parseArgs({ args, options }));
  if (values.only !== undefined && !targets.includes(values.only))
    throw new Stop(`--only takes one of ${targets.join(', ')}.`, 2);
  const minutes = values.minutes === undefined ? undefined : number(values.minutes, '--minutes') * 60;
  return {
    seconds: minutes ?? number(values.seconds ?? '60', '--seconds'),
    seed: values.seed ?? String(Date.now() % 1_000_000_000),
    targets: values.only === undefined ? targets : [values.only],
    from: number(values.from ?? '0', '--from'),
    inputs: values.inputs === undefined ? undefined : number(values.inputs, '--inputs'),
  };
}

function parsed(parse) {
  try {
    return parse();
  } catch (error) {
    throw new Stop(`${error.message}\n${usage}`, 2);
  }
}

function number(text, flag) {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new Stop(`${flag} takes a number, not '${text}'.`, 2);
}
