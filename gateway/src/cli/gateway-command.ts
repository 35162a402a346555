import { setTimeout } from 'node:timers/promises';
import { createAdmin } from '../admin-part.ts';
import { isLoopback } from '../config/cross-checks.ts';
import type { GatewayConfig } from '../config/schema.ts';
import type { Log } from '../domain/ports.ts';
import { createForwarders } from '../forwarders.ts';
import { createGateway } from '../gateway.ts';
import type { Gateway } from '../gateway-types.ts';
import { createLogger } from '../observability/logger.ts';
import { makeSinks } from '../sinks/make-sinks.ts';
import { systemClock } from '../system.ts';
import { version } from '../version.ts';
import { claimDataDirectory } from './data-directory.ts';
import { Exit } from './exit.ts';
import { forwarderOptions, gatewayOptions } from './gateway-options.ts';
import { readModelFiles } from './model-files.ts';
import { readSettings, type SettingsFlags } from './settings.ts';
import { startFailure, unwritable } from './start-failure.ts';
import { startPatiently } from './start-patiently.ts';

/** Runs until SIGTERM or SIGINT; resolves after the drain. */
export async function gatewayCommand(flags: SettingsFlags): Promise<void> {
  const config = readSettings(flags);
  const models = readModelFiles(config.models);
  const log = createLogger(config.log.level);
  onCrash(log);
  log.info('gateway.starting', { dataDirectory: config.dataDirectory, ...facts(config), version });
  // Before the start: a signal may come with the first line that says it is ready.
  const asked = untilSignal(log);
  const made = (gateway: Gateway) => onHangUp(config, gateway);
  const running = await startPatiently(() => begin(config, models, { log, made }), {
    log,
    ended: asked,
    pause,
  });
  if (running === null) return;
  if (!isLoopback(config.admin.host)) log.warn('admin.exposed', { host: config.admin.host });
  await asked;
  await running.gateway.stop();
  running.release();
}

interface Running {
  gateway: Gateway;
  /** Lets go of the data folder. */
  release(): void;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal }).catch(() => {});
}

/** Without TLS there is nothing to read again, and SIGHUP ends the process as it ends others. Before the start: it may come with the ready line. */
function onHangUp(config: GatewayConfig, gateway: Gateway): void {
  process.removeAllListeners('SIGHUP');
  if (config.listen.mqtts ?? config.listen.http?.cert)
    process.on('SIGHUP', () => gateway.reloadCertificates());
}

/** One attempt: nothing of it is left when it fails. */
async function begin(
  config: GatewayConfig,
  models: readonly Uint8Array[],
  { log, made }: { log: Log; made(gateway: Gateway): void },
): Promise<Running> {
  const release = claimDataDirectory(config.dataDirectory);
  const gateway = assemble(config, models, log);
  made(gateway);
  try {
    await gateway.start();
    return { gateway, release };
  } catch (error) {
    release();
    if (unwritable(error) !== null) throw error;
    throw startFailure(error) ?? error;
  }
}

function facts(config: GatewayConfig) {
  return { pid: process.pid, auth: config.auth.mode, sinks: config.sinks.map((sink) => sink.name) };
}

function assemble(config: GatewayConfig, models: readonly Uint8Array[], log: Log): Gateway {
  const forwarders = createForwarders({ sinks: forwarderOptions(config) });
  const admin = createAdmin({ ...config.admin, highWaterPercent: config.spool.highWaterPercent }, forwarders);
  return createGateway(gatewayOptions(config, models), {
    log,
    sinks: makeSinks(config.sinks, systemClock),
    parts: [admin, forwarders.part],
  });
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
