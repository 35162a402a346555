import { decodeModel, type Model } from '@usewire/protocol/model';
import { type Retention, retentions } from '../domain/retention.ts';
import { type DeviceFlags, tell } from './device-registry-file.ts';
import { readModelFiles } from './model-files.ts';
import { readSettings } from './settings.ts';
import { readStore } from './store-reader.ts';
import { table } from './text-table.ts';

interface Keeper {
  sink: string;
  /** The gateway deletes there itself. */
  isEnforced: boolean;
}

/** How long records of each point are held, and who sees to it. */
export function retentionCommand(flags: DeviceFlags): void {
  const config = readSettings(flags);
  const stored = readStore(config.dataDirectory).spool.load().models;
  const bytes = [...readModelFiles(config.models), ...stored.map((model) => model.bytes)];
  const points = unique(retentions(bytes.flatMap(readModel), config.retention));
  const spoolDays = points.length === 0 ? null : Math.max(...points.map(({ days }) => days));
  const sinks = config.sinks.map(({ name, type }) => ({ sink: name, isEnforced: type === 'sqlite' }));
  tell(flags, { points, spoolDays, sinks }, retentionText(points, spoolDays, sinks));
}

function readModel(bytes: Uint8Array): Model[] {
  const decoded = decodeModel(bytes);
  return decoded.ok ? [decoded.value] : [];
}

/** A model may be in the configuration and in the store. */
function unique(points: readonly Retention[]): Retention[] {
  const seen = new Map(points.map((one) => [JSON.stringify(one), one]));
  return [...seen.values()].sort((a, b) => (a.product + a.point < b.product + b.point ? -1 : 1));
}

function retentionText(
  points: readonly Retention[],
  spoolDays: number | null,
  sinks: readonly Keeper[],
): string {
  if (spoolDays === null) return 'No model is known yet: nothing can be said of how long it is held.\n';
  const rows = points.map((one) => {
    const what = [one.product, one.point, one.purpose, one.code];
    return [...what, String(one.modelDays), String(one.days)];
  });
  const lines = sinks.map(({ sink, isEnforced }) =>
    isEnforced ? `sink ${sink}: deleted within the hour` : `sink ${sink}: its receiver has to see to it`,
  );
  const spool = `spool and quarantine: ${spoolDays} days at the most, also for a sink that is away`;
  const head = ['product', 'point', 'purpose', 'code', 'days in the model', 'days that hold'];
  return `${table(head, rows)}\nFrom the time of receipt.\n${[spool, ...lines].join('\n')}\n`;
}
