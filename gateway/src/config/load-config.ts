import { dirname, isAbsolute, resolve } from 'node:path';
import type { Model } from '@usewire/protocol/model';
import { clusterFiles } from './cluster-files.ts';
import { crossChecks } from './cross-checks.ts';
import { type Fault, faultsOf, pathText, received } from './faults.ts';
import { interpolate } from './interpolate.ts';
import { coerce, environmentOverrides, type Override, withOverride } from './overrides.ts';
import { ruleFaults } from './rule-checks.ts';
import { configSchema, type DeviceToken, type GatewayConfig, type ParsedConfig } from './schema.ts';
import { type Path, shapeAt } from './shape.ts';
import { readTokenFile } from './token-file.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

export interface ConfigInput {
  /** The file's text; without it there are only defaults, environment and flags. */
  text?: string;
  /** How errors name the file. */
  fileName?: string;
  /** Paths in the file are relative to this folder. Default: the working directory. */
  baseDirectory?: string;
  environment?: Readonly<Record<string, string | undefined>>;
  /** From the command line; they win over everything. Text is read as the schema wants it. */
  flags?: readonly { flag: string; path: Path; value: string }[];
  /** Reads the models of the files that are named, those that can be read: rules of sinks are held against them. Default: they are not. */
  readModels?(paths: readonly string[]): Model[];
}

export type ConfigResult = { ok: true; config: GatewayConfig } | { ok: false; problems: string[] };

/** Defaults < file < environment < flags. Every fault is listed, each on one line that says where it stands. */
export function loadConfig(input: ConfigInput): ConfigResult {
  const result = load(input);
  return result.ok ? result : { ok: false, problems: result.problems.map(oneLine) };
}

/** A problem may quote the file; what it quotes may have lines. */
function oneLine(problem: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal acts on them.
  return problem.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}

function load(input: ConfigInput): ConfigResult {
  const name = input.fileName ?? 'usewire.yaml';
  const yaml = readYaml(input.text ?? '');
  const problems = yaml.errors.map(
    ({ place, message }) => `${name}:${place.line}:${place.column}: ${message}`,
  );
  if (yaml.errors.some((error) => error.fatal)) return { ok: false, problems };
  const layered = layer(yaml, input);
  const tell = (fault: Fault) => located(fault, { yaml, name, overrides: layered.overrides });
  const parsed = configSchema.safeParse(layered.value);
  // A leaf whose variable is missing fails its check, too: the variable says it all.
  const unset = new Set(layered.faults.map(({ path }) => pathText(path)));
  const checked = parsed.success ? [] : faultsOf(parsed.error, layered.value);
  const faults = [
    ...layered.faults,
    ...checked.filter(({ path }) => !unset.has(pathText(path))),
    ...crossChecks(layered.value),
  ];
  problems.push(...layered.strays, ...inOrder(faults, yaml).map(tell));
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return finish(parsed.data, input, tell);
}

function layer(yaml: YamlSource, input: ConfigInput) {
  const environment = input.environment ?? {};
  const file = interpolate(yaml.value ?? {}, environment);
  const fromEnvironment = environmentOverrides(environment, file.value);
  const flags: Override[] = (input.flags ?? []).map(({ flag, path, value }) => ({
    path,
    value: coerce(value, shapeAt(path, {})),
    origin: `flag ${flag}`,
  }));
  const overrides = [...fromEnvironment.overrides, ...flags];
  return {
    value: overrides.reduce<unknown>(withOverride, file.value),
    overrides,
    faults: file.faults as Fault[],
    strays: fromEnvironment.faults.map(({ origin, message }) => `${origin}: ${message}`),
  };
}

interface Sources {
  yaml: YamlSource;
  name: string;
  overrides: Override[];
}

function located(fault: Fault, { yaml, name, overrides }: Sources): string {
  const what = fault.path.length ? `${pathText(fault.path)}: ` : '';
  const origin = overrides
    .filter(({ path }) => path.every((step, i) => fault.path[i] === step))
    .at(-1)?.origin;
  if (origin) return `${origin}: ${what}${fault.message}`;
  const { line, column } = placeOf(fault, yaml);
  return `${name}:${line}:${column}: ${what}${fault.message}`;
}

function placeOf(fault: Fault, yaml: YamlSource) {
  return fault.key === undefined
    ? yaml.placeOf(fault.path)
    : yaml.placeOfKey(fault.path.slice(0, -1), fault.key);
}

function inOrder(faults: Fault[], yaml: YamlSource): Fault[] {
  const place = new Map(faults.map((fault) => [fault, placeOf(fault, yaml)]));
  return [...faults].sort((a, b) => {
    const [one, other] = [place.get(a)!, place.get(b)!];
    return one.line - other.line || one.column - other.column;
  });
}

function finish(parsed: ParsedConfig, input: ConfigInput, tell: (fault: Fault) => string): ConfigResult {
  const base = resolve(input.baseDirectory ?? '.');
  const inBase = (path: string) => resolve(base, path);
  const dataDirectory = inBase(parsed.dataDirectory);
  const tokens = deviceTokens(parsed, inBase);
  const { cluster, faults } = clusterFiles(parsed.cluster, inBase);
  const unread = [...tokens.faults, ...faults];
  if (unread.length > 0) return { ok: false, problems: unread.map(tell) };
  const inData = (path: string) => (isAbsolute(path) ? path : resolve(dataDirectory, path));
  const sinks = parsed.sinks.map((sink) => {
    if (sink.type === 'sqlite') return { ...sink, file: inData(sink.file) };
    if (sink.type === 'jsonl' || sink.type === 'parquet')
      return { ...sink, directory: inData(sink.directory) };
    if (sink.type === 'mqtt' && sink.caFile !== undefined) return { ...sink, caFile: inBase(sink.caFile) };
    if (sink.type === 's3') return { ...sink, stagingDirectory: inData(sink.stagingDirectory) };
    if (sink.type === 'nats' && sink.credentialsFile !== undefined)
      return { ...sink, credentialsFile: inBase(sink.credentialsFile) };
    return sink;
  });
  const auth: GatewayConfig['auth'] =
    parsed.auth.mode === 'tokens' ? { mode: 'tokens', devices: tokens.devices } : parsed.auth;
  const listen = { ...parsed.listen, ...tlsPaths(parsed, inBase) };
  const models = parsed.models.map(inBase);
  const rules = ruleFaults(parsed.sinks, input.readModels?.(models) ?? []);
  if (rules.length > 0) return { ok: false, problems: rules.map(tell) };
  const seals = { ...parsed.seals, masterKeyFile: inData(parsed.seals.masterKeyFile) };
  return {
    ok: true,
    config: {
      ...parsed,
      listen,
      auth,
      cluster,
      shared: sharedPaths(parsed, inBase),
      dataDirectory,
      seals,
      sinks,
      models,
    },
  };
}

function sharedPaths({ shared }: ParsedConfig, inBase: (path: string) => string) {
  if (shared?.credentialsFile === undefined) return shared;
  return { ...shared, credentialsFile: inBase(shared.credentialsFile) };
}

function tlsPaths({ listen: { mqtts, http } }: ParsedConfig, inBase: (path: string) => string) {
  const full = (path: string | undefined) => (path === undefined ? undefined : inBase(path));
  return {
    ...(mqtts && {
      mqtts: { ...mqtts, cert: inBase(mqtts.cert), key: inBase(mqtts.key), clientCa: full(mqtts.clientCa) },
    }),
    ...(http && { http: { ...http, cert: full(http.cert), key: full(http.key) } }),
  };
}

function deviceTokens(parsed: ParsedConfig, inBase: (path: string) => string) {
  const devices: DeviceToken[] = [];
  const faults: Fault[] = [];
  const listed = parsed.auth.mode === 'tokens' ? parsed.auth.devices : [];
  listed.forEach(({ tenant, device, tokenSha256, tokenFile }, index) => {
    const read =
      tokenFile === undefined
        ? { ok: true as const, sha256: tokenSha256! }
        : readTokenFile(inBase(tokenFile));
    if (read.ok) devices.push({ tenant, device, tokenSha256: read.sha256.toLowerCase() });
    else {
      const message = `received ${received(tokenFile)}, expected a file that holds a token: ${read.problem}`;
      faults.push({ path: ['auth', 'devices', index, 'tokenFile'], message });
    }
  });
  return { devices, faults };
}

/** The folder that a configuration file's relative paths start from. */
export function baseOf(file: string): string {
  return dirname(resolve(file));
}
