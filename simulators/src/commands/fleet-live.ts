import { join } from 'node:path';
import { SECOND } from '../people/calendar.ts';
import { fileDeviceStorage } from '../world/device-storage.ts';
import { createLiveFleet, type LiveFleet } from '../world/live-fleet.ts';
import { mqttLinks } from '../world/mqtt-link.ts';
import { type FleetFlags, tokens } from './fleet-options.ts';
import { truthFile } from './truth-file.ts';

/** Small and often: somebody is watching. */
const LIVE_SDK = { flushIntervalMs: 2_000, bulkFlushIntervalMs: 5_000, statusIntervalMs: 60 * SECOND };
const DRAIN_MS = 8_000;

export interface LiveResult {
  devices: number;
  recordsAccepted: number;
  acked: number;
  gaps: number;
  waiting: number;
}

/** Real time until `stopped` resolves; then every device sends what it has. What is left stays in `--state` for the next start. */
export async function runLive(
  flags: FleetFlags,
  stopped: Promise<void>,
  say: (text: string) => void,
): Promise<LiveResult> {
  const truth = truthFile(flags.truth);
  const { state } = flags;
  const fleet: LiveFleet = createLiveFleet({
    seed: flags.seed,
    devices: flags.devices,
    products: flags.products,
    tenant: flags.tenant,
    sdk: LIVE_SDK,
    link: mqttLinks({ gateway: flags.gateway, token: tokens(flags) }),
    storage:
      state === undefined
        ? undefined
        : (spec) => fileDeviceStorage(state, join(`${spec.tenant}.${spec.name}`)),
    keepTruth: (line) => truth.write(line),
    note: say,
  });
  say(`${flags.devices} devices live until Ctrl-C`);
  await stopped;
  say('handing over what the devices have');
  await fleet.stop(DRAIN_MS);
  truth.close();
  return fleet.result();
}
