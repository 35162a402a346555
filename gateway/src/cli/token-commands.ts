import type { Command } from 'commander';
import { type AccessToken, addToken, isInUse, readTokens, revokeToken } from '../access/token-book.ts';
import type { Role, Scope } from '../domain/access.ts';
import { slotIn } from '../domain/erasure/subjects.ts';
import { makeDirectory } from '../make-directory.ts';
import { tell } from './device-registry-file.ts';
import { readDevice } from './erase-ask.ts';
import { CommandEnd, Exit } from './exit.ts';
import type { PlaceFlags } from './quarantine-flags.ts';
import { readSettings } from './settings.ts';
import { readSpan } from './span.ts';
import { readStore } from './store-reader.ts';
import { table } from './text-table.ts';

const ROLES = ['viewer', 'operator', 'privacy', 'person'] as const;

interface AddFlags extends PlaceFlags {
  role: string;
  ttl?: string;
  device?: string;
  subject?: string;
}

/** `usewire token …`: who may use the admin pages, and as what. */
export function tokenCommands(root: Command): void {
  const token = root.command('token').description('tokens of the admin pages, by role');
  placed(token.command('add').argument('<name>'))
    .requiredOption(
      '--role <role>',
      'viewer, operator, privacy (officer), or person: the live feed of one subject',
    )
    .option('--ttl <span>', 'how long it holds, as 24h; default until it is revoked (a person: 30d)')
    .option('--device <name>', 'tenant.device of a person')
    .option('--subject <name>', 'the person: a name of the model, or the number of a slot; default everybody')
    .description('make a token; it is shown only now. From the first one on, every page asks for one')
    .action(tokenAdd);
  placed(token.command('list')).description('who has a token').action(tokenList);
  placed(token.command('revoke').argument('<name>'))
    .description('of no more use at once')
    .action(tokenRevoke);
}

function placed(command: Command): Command {
  return command
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--json', 'as JSON');
}

const PERSON_TTL = '30d';

function tokenAdd(name: string, flags: AddFlags): void {
  const role = ROLES.find((one) => one === flags.role);
  if (role === undefined)
    throw new CommandEnd(Exit.usage, `--role is "${flags.role}"; it is one of ${ROLES.join(', ')}.`);
  if (!/^[\w.@-]{1,40}$/.test(name))
    throw new CommandEnd(Exit.usage, `"${name}" is no name: 1 to 40 of A-Z a-z 0-9 _ . @ -.`);
  const { dataDirectory } = readSettings(flags);
  makeDirectory(dataDirectory);
  const scope = role === 'person' ? personScope(flags, dataDirectory) : null;
  const ttl = flags.ttl ?? (role === 'person' ? PERSON_TTL : undefined);
  const ttlMs = ttl === undefined ? null : readSpan(ttl, '--ttl');
  const secret = addToken(dataDirectory, { name, role: role as Role, scope, ttlMs }, Date.now());
  if (secret === null)
    throw new CommandEnd(Exit.refused, `"${name}" has a token that is in use; revoke it first.`);
  const note = `Send it as "Authorization: Bearer ...", or give it to usewire in USEWIRE_ACCESS_TOKEN; it is shown only now.\n`;
  tell(flags, { name, role, scope, token: secret }, `${secret}\n`, note);
}

function personScope(flags: AddFlags, dataDirectory: string): Scope {
  const id = readDevice(flags.device);
  const named =
    flags.subject !== undefined && /^\d{1,3}$/.test(flags.subject) ? Number(flags.subject) : flags.subject;
  const tables = typeof named === 'string' ? readStore(dataDirectory).models.map((model) => model.table) : [];
  const subject = slotIn(tables, named);
  if (subject === undefined)
    throw new CommandEnd(Exit.refused, `No model here has a subject "${flags.subject}".`);
  return { ...id, subject };
}

function tokenList(flags: PlaceFlags): void {
  const tokens = readTokens(readSettings(flags).dataDirectory);
  const plain = tokens.map(({ sha256: _, ...token }) => token);
  tell(
    flags,
    plain,
    tokens.length === 0 ? 'There are no tokens: who reaches the port is let in.\n' : listText(tokens),
  );
}

function listText(tokens: readonly AccessToken[]): string {
  const rows = tokens.map((token) => [
    token.name,
    token.role,
    scopeWords(token.scope),
    stateOf(token, Date.now()),
  ]);
  return table(['name', 'role', 'of', 'state'], rows);
}

function scopeWords(scope: Scope | null): string {
  if (scope === null) return '';
  return `${scope.tenant}.${scope.device}${scope.subject === null ? '' : ` subject ${scope.subject}`}`;
}

function stateOf(token: AccessToken, nowMs: number): string {
  if (isInUse(token, nowMs))
    return token.expiresAtMs === null
      ? 'in use'
      : `in use until ${new Date(token.expiresAtMs).toISOString()}`;
  return token.revokedAtMs === null ? 'expired' : 'revoked';
}

function tokenRevoke(name: string, flags: PlaceFlags): void {
  const isDone = revokeToken(readSettings(flags).dataDirectory, name, Date.now());
  if (!isDone)
    throw new CommandEnd(
      Exit.refused,
      `No token in use has the name "${name}"; "usewire token list" shows them.`,
    );
  tell(flags, { name, status: 'revoked' }, `The token of ${name} is revoked.\n`);
}
