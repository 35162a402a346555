import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../gateway-kit.ts';
import { type Finished, finished, launch } from '../usewire-cli.ts';

/** A sink that fails is tried again at once, and each batch of the JSONL sink gets a file of its own. */
const CONFIG = `
sinks:
  - { name: usage, type: sqlite, batch: { maxAgeMs: 0 }, retry: { baseMs: 20, maxMs: 100, breakerAfter: 3, probeEveryMs: 200 } }
  - { name: jsonl, type: jsonl, rotateBytes: 1024, batch: { maxAgeMs: 0 }, retry: { baseMs: 20, maxMs: 100, breakerAfter: 3, probeEveryMs: 200 } }
`;

type LogLine = { event: string; level: string; [field: string]: unknown };

/** `usewire gateway` with its log in a file, as a service manager runs it. */
export interface DiskGateway {
  mqttPort: number;
  log(): LogLine[];
  /** Status and body of an admin page. */
  page(path: string): Promise<{ status: number; text: string }>;
  isRunning(): boolean;
  /** SIGTERM, and what came of it. */
  stop(): Promise<Finished>;
}

export interface DiskGatewayOptions {
  /** Holds configuration and log; not the disk that fails. */
  home: string;
  dataDir: string;
  env?: Record<string, string>;
  /** Further lines of the configuration. */
  config?: string;
}

/** Starts it; `ready` resolves when it is. */
export function launchOnDisk({ home, dataDir, env, config = '' }: DiskGatewayOptions) {
  const configFile = join(home, 'usewire.yaml');
  const logFile = join(home, 'gateway.log');
  writeFileSync(configFile, CONFIG + config);
  const ports = ['--mqtt-port', '0', '--http-port', '0'];
  const child = launch(['gateway', '--config', configFile, '--data-dir', dataDir, ...ports], {
    env,
    logFile,
  });
  const ended = finished(child);
  const log = () => logLines(logFile);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const ready = async (): Promise<DiskGateway> => {
    const line = await eventually(
      () => {
        if (!isRunning()) throw new Error(`the gateway ended: ${readFileSync(logFile, 'utf8')}`);
        return log().find(({ event }) => event === 'gateway.ready');
      },
      'the gateway is ready',
      30_000,
    );
    const page = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${line.httpPort}${path}`);
      return { status: answer.status, text: await answer.text() };
    };
    return { mqttPort: Number(line.mqttPort), log, page, isRunning, stop };
  };
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { ready, log, isRunning, stop };
}

function logLines(path: string): LogLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .filter((text) => text.startsWith('{') && text.endsWith('}'))
    .map((text) => JSON.parse(text) as LogLine);
}
