import { parseArgs } from 'node:util';
import { Stop } from './say.mjs';

const help = `npm start -- [options]
  --once            run one simulated day, check it, stop
  --json            with --once: the last line of the output is one JSON object
  --devices N       simulated devices (default 12)
  --seed N          the same seed gives the same day (default 1)
  --data-dir DIR    where store, files and device state live (default .usewire/start)
  --port N          MQTT port on 127.0.0.1 (default 1883; 0 = any free port)
  --http-port N     admin port on 127.0.0.1 (default 18080; 0 = any free port)`;

const spec = {
  once: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  devices: { type: 'string', default: '12' },
  seed: { type: 'string', default: '1' },
  'data-dir': { type: 'string' },
  port: { type: 'string' },
  'http-port': { type: 'string' },
  help: { type: 'boolean', default: false },
};

/** The command line of `npm start`; a wrong one ends with the list of what is right (exit code 2). */
export function startOptions(argv) {
  const values = parse(argv);
  if (values.help) throw new Stop(help, 0);
  // One run for a check must not meet another program on the usual ports.
  const ports = values.once ? { mqtt: '0', http: '0' } : { mqtt: '1883', http: '18080' };
  return {
    once: values.once,
    json: values.json,
    devices: whole('--devices', values.devices, 1, 100_000),
    seed: whole('--seed', values.seed, 0, 2 ** 32 - 1),
    dataDir: values['data-dir'],
    mqttPort: whole('--port', values.port ?? ports.mqtt, 0, 65_535),
    httpPort: whole('--http-port', values['http-port'] ?? ports.http, 0, 65_535),
  };
}

function parse(argv) {
  try {
    return parseArgs({ args: argv, options: spec, strict: true }).values;
  } catch (error) {
    throw new Stop(`${error.message}\n\n${help}`, 2);
  }
}

function whole(name, text, least, most) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most && text.trim() !== '') return number;
  throw new Stop(`${name} takes a whole number from ${least} to ${most}; '${text}' is not one.`, 2);
}
