import { setTimeout } from 'node:timers/promises';
import { openTokenBook } from '../access/token-book.ts';
import { createAdmin } from '../admin-part.ts';
import { isLoopback } from '../config/cross-checks.ts';
import type { GatewayConfig } from '../config/schema.ts';
import type { Log } from '../domain/ports.ts';
import { createForwarders } from '../forwarders.ts';
import { createGateway } from '../gateway.ts';
import type { Gateway } from '../gateway-types.ts';
import { createLogger } from '../observability/logger.ts';
import { createReloader, type Reloader, type ReloadReport } from '../reload.ts';
import { makeSinks } from '../sinks/make-sinks.ts';
import { systemClock } from '../system.ts';
import { version } from '../version.ts';
import { claimDataDirectory } from './data-directory.ts';
import { problemWith } from './doctor/check-sinks.ts';
import { Exit } from './exit.ts';
import { forwarderOptions, gatewayOptions } from './gateway-options.ts';
import { readModelFiles } from './model-files.ts';
import { applySinks, type Configured } from './reload-config.ts';
import { readSettings, recheckSettings, type SettingsFlags, settingsFile } from './settings.ts';
import { startFailure, unwritable } from './start-failure.ts';
import { startPatiently } from './start-patiently.ts';
import { watchFile } from './watch-file.ts';

/** Runs until SIGTERM or SIGINT; resolves after the drain. */
export async function gatewayCommand(flags: SettingsFlags): Promise<void> {
  const config = readSettings(flags);
  const models = readModelFiles(config.models);
  const log = createLogger(config.log.level);
  onCrash(log);
  log.info('gateway.starting', { dataDirectory: config.dataDirectory, ...facts(config), version });
  // Before the start: a signal may come with the first line that says it is ready.
  const asked = untilSignal(log);
  const assembled = () => {
    const made = assemble(config, models, { log, flags });
    onHangUp(config, flags, made);
    return made;
  };
  const running = await startPatiently(() => begin(config.dataDirectory, assembled), {
    log,
    ended: asked,
    pause,
  });
  if (running === null) return;
  if (!isLoopback(config.admin.host)) log.warn('admin.exposed', { host: config.admin.host });
  const file = settingsFile(flags);
  const unwatch = file === undefined ? () => {} : watchFile(file, () => void running.reloader.reload());
  await asked;
  unwatch();
  await running.gateway.stop();
  running.release();
}

interface Assembled {
  gateway: Gateway;
  reloader: Reloader;
}

interface Running extends Assembled {
  /** Lets go of the data folder. */
  release(): void;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal }).catch(() => {});
}

/** Where nothing could be read again, SIGHUP ends the process as it ends others. Before the start: it may come with the ready line. */
function onHangUp(config: GatewayConfig, flags: SettingsFlags, { gateway, reloader }: Assembled): void {
  process.removeAllListeners('SIGHUP');
  const hasCertificates = (config.listen.mqtts ?? config.listen.http?.cert) !== undefined;
  const hasFile = settingsFile(flags) !== undefined;
  if (!hasCertificates && !hasFile) return;
  process.on('SIGHUP', () => {
    gateway.reloadCertificates();
    if (hasFile) void reloader.reload();
  });
}

/** One attempt: nothing of it is left when it fails. */
async function begin(dataDirectory: string, assembled: () => Assembled): Promise<Running> {
  const release = claimDataDirectory(dataDirectory);
  const made = assembled();
  try {
    await made.gateway.start();
    return { ...made, release };
  } catch (error) {
    release();
    if (unwritable(error) !== null) throw error;
    throw startFailure(error) ?? error;
  }
}

function facts(config: GatewayConfig) {
  return { pid: process.pid, auth: config.auth.mode, sinks: config.sinks.map((sink) => sink.name) };
}

function assemble(
  config: GatewayConfig,
  models: readonly Uint8Array[],
  { log, flags }: { log: Log; flags: SettingsFlags },
): Assembled {
  const forwarders = createForwarders({ sinks: forwarderOptions(config) });
  const reloader = createReloader(() => reread(running, flags), { log, nowMs: systemClock.nowMs });
  const checkSink = async (name: string) => {
    const sink = running.config.sinks.find((one) => one.name === name);
    return sink === undefined ? null : problemWith(sink);
  };
  const operator = { reload: reloader.reload, reloads: reloader.counts, checkSink };
  const access = openTokenBook(config.dataDirectory, systemClock.nowMs);
  const { highWaterPercent } = config.spool;
  const gateway = createGateway(gatewayOptions(config, models), {
    log,
    sinks: makeSinks(config.sinks, systemClock),
    parts: [
      createAdmin({ ...config.admin, highWaterPercent, operator, access }, forwarders),
      forwarders.part,
    ],
  });
  const running: Configured = { config, forwarders, gateway, clock: systemClock };
  return { gateway, reloader };
}

async function reread(running: Configured, flags: SettingsFlags): Promise<ReloadReport> {
  const checked = recheckSettings(flags);
  return checked.ok ? applySinks(running, checked.config) : checked;
}

/** The first signal asks for a drain; the second ends at once, which the store survives as it survives a power cut. */
function untilSignal(log: Log): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (asked) process.exit(signal === 'SIGINT' ? 130 : 143);
      asked = true;
      log.info('gateway.draining', { signal });
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

/** A bug: said once in the log's own form, then the process ends; what was acknowledged is on the disk. */
function onCrash(log: Pick<Log, 'error'>): void {
  process.on('uncaughtException', (error) => {
    log.error('gateway.crash', { problem: error.message, stack: error.stack });
    process.exit(Exit.internal);
  });
}
