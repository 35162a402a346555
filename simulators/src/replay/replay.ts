import { basename } from 'node:path';
import { mqttTransport, systemRandom } from '@usewire/device-sdk';
import type { StoragePort } from '@usewire/device-sdk/core';
import { memoryStorage } from '@usewire/device-sdk/testing';
import { type DeviceNames, deviceNames } from './device-id.ts';
import { findRecordings, readFile } from './files.ts';
import { countFlagged } from './flagged.ts';
import { GatewayUnreachable, type GatewayView, gatewayView } from './gateway-view.ts';
import { replayModels } from './models/index.ts';
import { type ReplayOptions, type Settings, settingsOf } from './options.ts';
import { type PlayResult, play } from './play.ts';
import type { Recording } from './recording.ts';
import { failureOf, type ReplayReport } from './report.ts';

export type ReplayOutcome =
  | { ok: true; report: ReplayReport }
  /** Nothing was played: wrong options or paths, or a gateway that cannot be reached. */
  | { ok: false; kind: 'usage' | 'unreachable'; message: string };

/** Plays recordings, one after the other, as devices of a gateway. */
export async function replay(options: ReplayOptions): Promise<ReplayOutcome> {
  const settings = settingsOf(options);
  if (typeof settings === 'string') {
    return { ok: false, kind: 'usage', message: settings };
  }
  const search = findRecordings(settings.paths);
  return search.ok
    ? playAll(settings, search.found.files)
    : { ok: false, kind: 'usage', message: search.message };
}

interface Run {
  settings: Settings;
  names: DeviceNames;
  view: GatewayView | undefined;
  /** What each device has in its memory, from file to file. */
  storages: Map<string, StoragePort>;
  report: ReplayReport;
}

async function playAll(settings: Settings, files: readonly string[]): Promise<ReplayOutcome> {
  const report: ReplayReport = { verdict: 'pass', files: [], refused: [] };
  const view = settings.http === undefined ? undefined : gatewayView(settings.http);
  const run: Run = { settings, names: deviceNames(), view, storages: new Map(), report };
  try {
    const rejectedBefore = await view?.rejected();
    for (const [at, file] of files.entries()) {
      const unreachable = await playFile(run, { file, number: at + 1, files: files.length });
      if (unreachable !== undefined) {
        return { ok: false, kind: 'unreachable', message: `${settings.gateway}: ${unreachable}` };
      }
    }
    report.rejected = view && (await view.rejected()) - (rejectedBefore ?? 0);
  } catch (error) {
    // The admin went away; bugs keep their stack.
    if (error instanceof GatewayUnreachable) {
      return { ok: false, kind: 'unreachable', message: error.message };
    }
    throw error;
  }
  return judged(report);
}

function judged(report: ReplayReport): ReplayOutcome {
  if (report.files.length === 0) {
    const why = report.refused.map(({ file, message }) => `${file}: ${message}`).join('\n');
    return { ok: false, kind: 'usage', message: `no file can be played\n${why}` };
  }
  const failed = report.files.some((file) => failureOf(file) !== undefined);
  const verdict = failed || report.refused.length > 0 || (report.rejected ?? 0) > 0 ? 'fail' : 'pass';
  return { ok: true, report: { ...report, verdict } };
}

interface Place {
  file: string;
  number: number;
  files: number;
}

/** Adds the file's report. Returns why the gateway could not be reached, when that ended the file before it began. */
async function playFile(run: Run, place: Place): Promise<string | undefined> {
  const { settings, report } = run;
  const outcome = readFile(place.file, settings.time);
  if (!outcome.ok) {
    report.refused.push({ file: place.file, message: outcome.message });
    return undefined;
  }
  const { recording } = outcome;
  const device = run.names.idFor(place.file, recording.device);
  const begunMs = performance.now();
  const before = await run.view?.totals(settings.tenant, device);
  const result = await playAs(run, { device, recording, place });
  if (result.failure?.kind === 'unreachable') {
    return result.failure.message;
  }
  const wanted = (before?.records ?? 0) + result.accepted - result.gaps;
  const after = await run.view?.totalsWith(wanted, { ...settings, device });
  const seconds = (performance.now() - begunMs) / 1000;
  report.files.push({
    ...described(place.file, recording),
    device,
    accepted: result.accepted,
    gaps: result.gaps,
    bytes: result.bytes,
    stored: after && after.records - (before?.records ?? 0),
    duplicates: after && after.duplicates - (before?.duplicates ?? 0),
    seconds: Number(seconds.toFixed(2)),
    failure: result.failure?.message,
  });
  return undefined;
}

async function playAs(
  run: Run,
  what: { device: string; recording: Recording; place: Place },
): Promise<PlayResult> {
  const { settings, storages } = run;
  const { device, recording, place } = what;
  const storage = storages.get(device) ?? memoryStorage();
  storages.set(device, storage);
  const { gateway, tenant, token = '' } = settings;
  const transport = mqttTransport({ gateway, tenant, device, token });
  const result = await play(recording, {
    transport,
    storage,
    // Not seeded: two replays of a file are two boots, else the second would be taken for a repetition.
    random: systemRandom(),
    speed: settings.speed,
    patienceMs: settings.patienceMs,
    onProgress: (done, total) => settings.onProgress({ ...place, done, total }),
  });
  await transport.whenClosed();
  return result;
}

const toldProblems = 20;

function described(file: string, recording: Recording) {
  const { problems } = recording;
  const told = problems
    .slice(0, toldProblems)
    .map(({ line, message }) => (line > 0 ? `line ${line}: ${message}` : message));
  const more = problems.length - told.length;
  return {
    file: basename(file),
    layout: recording.layout,
    rows: recording.rows,
    badRows: problems.length,
    flagged: countFlagged(recording.actions, replayModels[recording.product]),
    ignored: recording.ignored,
    problems: more > 0 ? [...told, `and ${more} more`] : told,
  };
}
