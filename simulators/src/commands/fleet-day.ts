import { DAY, HOUR } from '../people/calendar.ts';
import { mqttLinks } from '../world/mqtt-link.ts';
import { simulate, type World } from '../world/simulate.ts';
import { CouldNotRun, TimedOut } from './exit.ts';
import { type FleetFlags, repeatCommand, tokens } from './fleet-options.ts';
import { truthFile } from './truth-file.ts';

/** What `--json` prints as the last line. */
export interface DayResult {
  devices: number;
  /** Records. */
  recordsAccepted: number;
  acked: number;
  gaps: number;
  /** MQTT PUBLISH packets of up messages, header and topic included. */
  bytesOnWire: number;
  messages: number;
  seconds: number;
  seed: string;
  /** SHA-256 of what truly happened, and of every frame. */
  hash: string;
  framesHash: string;
}

/** Fewer, larger messages than a live view wants: a product that sends every quarter of an hour. */
export const DAY_SDK = { flushIntervalMs: 60_000, bulkFlushIntervalMs: 900_000, statusIntervalMs: HOUR };

/** Days in virtual time, the last one ending at the last midnight UTC, at full speed over real MQTT. */
export async function runDays(flags: FleetFlags, say: (text: string) => void): Promise<DayResult> {
  const begun = performance.now();
  const truth = truthFile(flags.truth);
  const untilMs = flags.until ?? Math.floor(Date.now() / DAY) * DAY;
  const startMs = untilMs - flags.days * DAY;
  truth.write({ kind: 'run', command: repeatCommand(flags, untilMs) });
  const world = simulate({
    seed: flags.seed,
    devices: flags.devices,
    products: flags.products,
    days: flags.days,
    startMs,
    tenant: flags.tenant,
    faults: flags.faults,
    sdk: DAY_SDK,
    transport: mqttLinks({ gateway: flags.gateway, token: tokens(flags) }),
    keepTruth: (line) => truth.write(line),
  });
  try {
    await live(world, flags, say);
  } finally {
    await world.close();
    truth.close();
  }
  return resultOf(world, (performance.now() - begun) / 1000);
}

/** Devices wait for each other at the end of a slice, so slices are long. */
const SLICE_HOURS = 6;

async function live(world: World, flags: FleetFlags, say: (text: string) => void): Promise<void> {
  await world.advance('1m');
  checkReached(world, flags.gateway);
  const hours = flags.days * 24;
  for (let hour = SLICE_HOURS; hour <= hours; hour += SLICE_HOURS) {
    await world.advance(hour === SLICE_HOURS ? SLICE_HOURS * HOUR - 60_000 : SLICE_HOURS * HOUR);
    say(`${hour} of ${hours} hours, ${world.report().recordsAccepted} records`);
  }
  await world.drain();
  const { undelivered } = world.report();
  if (undelivered > 0)
    throw new TimedOut(`${undelivered} messages could not be delivered: ${problemOf(world)}`);
}

function problemOf(world: World): string {
  return (
    world.devices.map((device) => device.outcome().problem).find((text) => text !== '') ?? 'no reason known'
  );
}

/** A fleet that nobody listens to would only fill its outboxes. */
function checkReached(world: World, gateway: string): void {
  if (world.devices.some((device) => device.hasConnected())) return;
  throw new CouldNotRun(
    `No device could connect to ${gateway}: ${problemOf(world)}. Is the gateway running there?`,
  );
}

function resultOf(world: World, seconds: number): DayResult {
  const {
    devices,
    recordsAccepted,
    recordsAcked,
    gaps,
    bytesOnWire,
    messages,
    seed,
    eventsHash,
    framesHash,
  } = world.report();
  return {
    devices,
    recordsAccepted,
    acked: recordsAcked,
    gaps,
    bytesOnWire,
    messages,
    seconds: Math.round(seconds * 10) / 10,
    seed: String(seed),
    hash: eventsHash,
    framesHash,
  };
}
