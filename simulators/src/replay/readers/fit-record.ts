import type { Action } from '../recording.ts';
import { positionOf, type TrackPoint, trackPoint } from '../track-point.ts';

/** A decoded FIT message: fields by name, absent where the device wrote "invalid". */
export type FitMessage = Record<string, unknown>;

const degreesPerSemicircle = 180 / 2 ** 31;

/** Field of the record message -> attribute of the model's track point. */
const attributes: Record<string, string> = {
  distance: 'distance',
  enhancedAltitude: 'altitude',
  altitude: 'altitude',
  enhancedSpeed: 'speed',
  speed: 'speed',
  heartRate: 'heart_rate',
  cadence: 'cadence',
  power: 'power',
  temperature: 'temperature',
  verticalOscillation: 'vertical_oscillation',
  stanceTime: 'stance_time',
};
const developerAttributes: Record<string, string> = {
  'Form Power': 'form_power',
  'Leg Spring Stiffness': 'leg_spring_stiffness',
  Speed: 'footpod_speed',
  Distance: 'footpod_distance',
};
const read = new Set([
  ...Object.keys(attributes),
  'timestamp',
  'positionLat',
  'positionLong',
  'developerFields',
]);

/** The action, or what is wrong with the message. */
export function trackPointOf(
  record: FitMessage,
  developerNames: ReadonlyMap<string, string>,
): Action | string {
  const atMs = timeOf(record.timestamp);
  if (atMs === undefined) {
    return 'it has no timestamp';
  }
  const point: TrackPoint = {
    position: positionOf(degrees(record.positionLat), degrees(record.positionLong)),
  };
  for (const [field, attribute] of Object.entries(attributes)) {
    point[attribute] ??= numberOf(record[field]);
  }
  for (const [key, value] of developerFields(record)) {
    const attribute = developerAttributes[developerNames.get(key) ?? ''];
    if (attribute) {
      point[attribute] ??= numberOf(value);
    }
  }
  return trackPoint(atMs, point);
}

/** Names of the fields for which the model has no attribute. */
export function fieldsOf(
  records: readonly FitMessage[],
  developerNames: ReadonlyMap<string, string>,
): string[] {
  const names = new Set<string>();
  for (const record of records) {
    for (const field of Object.keys(record)) {
      if (!read.has(field)) {
        names.add(field);
      }
    }
    for (const [key] of developerFields(record)) {
      const name = developerNames.get(key) ?? `developer field ${key}`;
      if (!developerAttributes[name]) {
        names.add(name);
      }
    }
  }
  return [...names];
}

export function timeOf(value: unknown): number | undefined {
  return value instanceof Date && Number.isFinite(value.getTime()) ? value.getTime() : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function degrees(semicircles: unknown): number | undefined {
  const value = numberOf(semicircles);
  return value === undefined ? undefined : value * degreesPerSemicircle;
}

function developerFields(record: FitMessage): [string, unknown][] {
  return Object.entries((record.developerFields ?? {}) as Record<string, unknown>);
}
