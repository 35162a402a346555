import { readdirSync, readFileSync } from 'node:fs';
import { loadConfig } from '@usewire/gateway';
import { mutate } from './mutate.ts';
import type { FuzzRandom } from './random.ts';
import { type BytesTarget, bytesTarget, hold } from './target.ts';

/** What YAML and the variables of a configuration are made of. */
const PIECES = [
  '&a ',
  '*a',
  '<<: *a',
  '!!binary ',
  '!!js/function ',
  '!!map ',
  '? ',
  ': ',
  '- ',
  '\n  ',
  '\n---\n',
  '|\n',
  '>-\n',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '\t',
  '\r\n',
  '# ',
  '%YAML 1.1\n',
  '\u0000',
  '\ufeff',
  '\u2028',
  '${env:NAME}',
  '${env:NAME:-1}',
  '${env:',
  '$$',
  '1e999',
  '0x7fffffffffffffff',
  '.nan',
  '2024-01-01',
  '__proto__: ',
  'constructor: ',
  'toString: ',
];
const ENVIRONMENT = { NAME: '7', USEWIRE_LISTEN__MQTT__PORT: '1884' };

const SEPARATOR = '\u0001';

/** Text of a configuration file, and variables, into the loader. An input is the text, and after a separator the variables as JSON. */
export function configTarget(): BytesTarget {
  const seeds = configTexts();
  return bytesTarget({
    make(random) {
      const environment = random.chance(0.3) ? variables(random) : {};
      return Buffer.from(`${textOf(random, seeds)}${SEPARATOR}${JSON.stringify(environment)}`);
    },
    take(bytes, count) {
      const input = Buffer.from(bytes).toString('utf8');
      const at = input.lastIndexOf(SEPARATOR);
      const environment = JSON.parse(input.slice(at + 1)) as Record<string, string>;
      count(loads(input.slice(0, at), environment));
    },
  });
}

function loads(text: string, environment: Record<string, string>): string {
  const result = loadConfig({ text, baseDirectory: '/nowhere', environment });
  if (result.ok) return 'accepted';
  hold(result.problems.length > 0, 'a refusal says why');
  for (const line of result.problems) hold(/\S/.test(line) && !line.includes('\n'), `one line: ${line}`);
  return 'refused';
}

function configTexts(): string[] {
  const folder = new URL('../../gateway/src/config/fixtures/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const readme = readFileSync(new URL('../../gateway/README.md', import.meta.url), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  return [example, ...names.map((name) => readFileSync(new URL(name, folder), 'utf8'))];
}

function textOf(random: FuzzRandom, seeds: readonly string[]): string {
  const how = random.below(10);
  if (how === 0) return Array.from({ length: random.below(60) }, () => random.pick(PIECES)).join('');
  if (how === 1) return random.pick(PIECES).repeat(1 + random.below(1000));
  let text = random.chance(0.3) ? seeds[0]! : random.pick(seeds);
  for (let i = random.below(5); i > 0; i -= 1) {
    const at = random.below(text.length + 1);
    text = text.slice(0, at) + random.pick(PIECES) + text.slice(at + random.below(4));
  }
  if (random.chance(0.4)) {
    text = mutate(random, Buffer.from(text), Buffer.from(random.pick(seeds))).toString('utf8');
  }
  return text;
}

function variables(random: FuzzRandom): Record<string, string> {
  const step = () => random.pick(['LISTEN', 'MQTT', 'PORT', 'SINKS', '0', '9999', '__PROTO__', 'AUTH', '']);
  const steps = Array.from({ length: 1 + random.below(4) }, step);
  return { ...ENVIRONMENT, [`USEWIRE_${steps.join('__')}`]: random.pick([...PIECES, '1', 'true']) };
}
