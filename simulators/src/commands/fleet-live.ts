import { join } from 'node:path';
import { SECOND } from '../people/calendar.ts';
import { fileDeviceStorage } from '../world/device-storage.ts';
import { createLiveFleet, type LiveFleet } from '../world/live-fleet.ts';
import { fileLives } from '../world/lives.ts';
import { mqttLinks } from '../world/mqtt-link.ts';
import { DAY_SDK } from './fleet-day.ts';
import { catchUpOf, type FleetFlags, tokens } from './fleet-options.ts';
import { truthFile } from './truth-file.ts';

/**
 * As a product has it that sends now and then: a day that is caught up makes few messages. Somebody is watching, so in
 * real time the simulator flushes, and a gateway that comes back is found soon.
 */
const LIVE_SDK = { ...DAY_SDK, statusIntervalMs: 60 * SECOND, maxRetryMs: 2_000 };
const FLUSH_EVERY_MS = 2_000;
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
  const truth = truthFile(flags.truth, 'a');
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
    lives: state === undefined ? undefined : fileLives(state),
    catchUpMs: catchUpOf(flags),
    flushEveryMs: FLUSH_EVERY_MS,
    keepTruth: (line) => truth.write(line),
    note: say,
  });
  say(`${flags.devices} devices live until Ctrl-C`);
  const begunMs = performance.now();
  let isStopping = false;
  void fleet.caughtUp.then(() => {
    if (!isStopping) say(caughtUp(fleet, performance.now() - begunMs));
  });
  await stopped;
  isStopping = true;
  say('handing over what the devices have');
  await fleet.stop(DRAIN_MS);
  truth.close();
  return fleet.result();
}

function caughtUp(fleet: LiveFleet, tookMs: number): string {
  const { recordsAccepted } = fleet.result();
  return `all devices have caught up after ${(tookMs / 1000).toFixed(1)} s, with ${recordsAccepted} records`;
}
