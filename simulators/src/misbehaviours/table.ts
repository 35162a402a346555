import type { CodeName } from '@usewire/protocol/wire';
import type { Answer, Family, Misbehaviour } from './misbehaviour.ts';

const FAMILIES: readonly (readonly [Family, string])[] = [
  ['mqtt', 'Wrong MQTT'],
  ['cbor', 'Wrong CBOR'],
  ['meaning', 'Wrong meaning'],
];

/** The documented answer in words. */
export function answerText(answer: Answer): string {
  const parts = [...connectionParts(answer), ...messageParts(answer)];
  if (parts.length === 0) parts.push('ignored');
  if (answer.note !== undefined) parts.push(answer.note);
  return parts.join('; ');
}

function connectionParts({ connection, connack, subacks }: Answer): string[] {
  const parts: string[] = [];
  if (connack !== undefined && connack > 0) parts.push(`CONNACK ${connack}`);
  if (subacks.length > 0) parts.push('refused at SUBSCRIBE (0x80)');
  if (connection === 'closed') parts.push('closed');
  return parts;
}

function messageParts({ acked, stored, duplicates, quarantined, nacks }: Answer): string[] {
  const parts: string[] = [];
  if (acked.length > 0)
    parts.push(acked.length === 1 ? 'acknowledged' : `${acked.length} times acknowledged`);
  if (quarantined.length > 0) parts.push(`quarantined: ${specName(quarantined[0]!)}`);
  if (stored > 0) parts.push(stored === 1 ? 'stored once' : `${stored} stored`);
  if (duplicates > 0) parts.push(`${duplicates} of them duplicates`);
  if (nacks.length > 0) parts.push('nack');
  return parts;
}

/** As the specification writes codes: `notDeterministic` is `not-deterministic`. */
function specName(code: CodeName): string {
  return code.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** docs/misbehaviours.md, whole. */
export function misbehaviourTable(cases: readonly Misbehaviour[]): string {
  const sections = FAMILIES.map(([family, title]) => {
    const rows = cases.filter((one) => one.family === family);
    const lines = rows.map((one) => `| \`${one.id}\` | ${one.title} | ${answerText(one.answer)} |`);
    return [
      `## ${title}`,
      '',
      '| id | a device sends | the gateway answers |',
      '|---|---|---|',
      ...lines,
      '',
    ].join('\n');
  });
  return `${head(cases.length)}\n${sections.join('\n')}`;
}

function head(count: number): string {
  return `# Misbehaviours

${count} things that a device must not do, and what a right gateway answers. Written by \`usewire-sim misbehave --table\`
from the cases in \`simulators/src/misbehaviours\`; \`tests/e2e/misbehaviours.test.ts\` plays each over TCP beside a healthy device,
which is served in order all the while, and holds this file to be current.

\`\`\`sh
usewire-sim misbehave --gateway mqtt://127.0.0.1:1883               # all, against any gateway
usewire-sim misbehave --gateway mqtt://127.0.0.1:1883 --only mqtt-qos-3 cbor-json
usewire-sim misbehave --list
\`\`\`

Of every case it also holds: the device itself is served afterwards, on the same connection where that stays open and on a new one where
it was closed; nothing is stored under another device; the gateway goes on. Content is never a reason to close a connection: what is
wrong is acknowledged, kept in quarantine, and refused by a nack.
`;
}
