import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { DatabaseSync } from './sqlite.ts';

const bin = join(import.meta.dirname, '..', '..', 'gateway', 'bin', 'usewire.js');

/** The command runs what a user runs, so it has to be built. */
export const isBuilt = existsSync(join(bin, '..', '..', 'dist', 'cli.js'));

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** File that stderr is appended to, as a service manager does it. Without it stderr is a pipe. */
  logFile?: string;
}

/** Runs `usewire` to its end. */
export function usewire(args: string[], options: RunOptions = {}): Promise<Finished> {
  const child = launch(args, options);
  if (options.input !== undefined) child.stdin?.end(options.input);
  return finished(child);
}

export interface RunningGateway {
  mqttPort: number;
  httpPort: number;
  child: ChildProcess;
  /** Log events so far. */
  events(): { event: string; [field: string]: unknown }[];
  get<T>(path: string): Promise<T>;
  text(path: string): Promise<string>;
  /** SIGTERM, and what came of it. */
  stop(): Promise<Finished>;
  ended: Promise<Finished>;
}

/** Starts `usewire gateway` on free ports and waits for its `gateway.ready` line. */
export async function runGateway(
  dataDir: string,
  args: string[] = [],
  options: RunOptions = {},
): Promise<RunningGateway> {
  const ports = ['--mqtt-port', '0', '--http-port', '0'];
  const child = launch(['gateway', '--data-dir', dataDir, ...ports, ...args], options);
  const ended = finished(child);
  const log: { event: string; [field: string]: unknown }[] = [];
  const ready = await new Promise<{ mqttPort: number; httpPort: number }>((resolve, reject) => {
    let rest = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.filter((text) => text.startsWith('{'))) {
        const entry = JSON.parse(line) as { event: string; mqttPort: number; httpPort: number };
        log.push({ ...entry });
        if (entry.event === 'gateway.ready') resolve(entry);
      }
    });
    void ended.then(({ code, stderr }) => reject(new Error(`the gateway ended with ${code}: ${stderr}`)));
  });
  const text = async (path: string) => (await fetch(`http://127.0.0.1:${ready.httpPort}${path}`)).text();
  return {
    ...ready,
    child,
    ended,
    events: () => log,
    text,
    get: async <T>(path: string) => JSON.parse(await text(path)) as T,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Starts `usewire` and leaves it to the caller. */
export function launch(args: string[], { env, cwd, logFile }: RunOptions = {}): ChildProcess {
  const log = logFile === undefined ? null : openSync(logFile, 'a');
  const options = { env: { ...process.env, ...env }, cwd, stdio: ['pipe', 'pipe', log ?? 'pipe'] as const };
  const child = spawn(process.execPath, [bin, ...args], { ...options, stdio: [...options.stdio] });
  if (log !== null) closeSync(log);
  return child;
}

export function finished(child: ChildProcess): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** A device of the tenant `acme`, connected over MQTT. */
export async function connectDevice(port: number, name: string, password = 'x'): Promise<MqttClient> {
  const clientId = `acme.${name}`;
  const address = { host: '127.0.0.1', port, reconnectPeriod: 0 };
  const client = await connectAsync({ ...address, clientId, username: clientId, password });
  client.on('error', () => {});
  return client;
}

/** Acknowledged when it resolves. */
export function sendUp(client: MqttClient, name: string, payload: Buffer): Promise<unknown> {
  return client.publishAsync(`pou/1/acme/${name}/up`, payload, { qos: 1 });
}

/** Asks until there is an answer; the question itself takes its time. */
export async function until<T>(read: () => Promise<T | undefined>, what: string): Promise<T> {
  const end = performance.now() + 20_000;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (performance.now() > end) throw new Error(`not in time: ${what}`);
  }
}

export interface GatewayStatus {
  recordsStored: number;
  duplicates: number;
  rejected: number;
  messages: number;
  sinks: {
    name: string;
    pending: number;
    state: string;
    messagesDelivered: number;
    lastProblem: string | null;
  }[];
}

/** The status once every sink has everything. */
export function drained(gateway: RunningGateway): Promise<GatewayStatus> {
  return until(async () => {
    const status = await gateway.get<GatewayStatus>('/api/status');
    return status.sinks.every((sink) => sink.pending === 0) ? status : undefined;
  }, 'all sinks have everything');
}

/** Rows of the SQLite sink. */
export function usageRows(dataDir: string, sql: string): unknown[] {
  const db = new DatabaseSync(join(dataDir, 'usage.db'));
  const found = db.prepare(sql).all();
  db.close();
  return found.map((row) => ({ ...(row as object) }));
}

/** `seq` of every line of the JSONL sink. */
export function jsonlSeqs(dataDir: string): number[] {
  const directory = join(dataDir, 'jsonl');
  const names = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
  const lines = names.flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1));
  return lines.map((line) => (JSON.parse(line) as { seq: number }).seq);
}
