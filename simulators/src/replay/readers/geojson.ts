import { isoTime } from '../cells.ts';
import { phenomena } from '../models/obd.ts';
import {
  type Action,
  failed,
  inOrder,
  type ReadOutcome,
  type RowProblem,
  type Values,
} from '../recording.ts';

interface Feature {
  geometry?: { type?: string; coordinates?: unknown[] } | null;
  properties?: { time?: unknown; phenomenons?: Record<string, { value?: unknown }> } | null;
}

interface Track {
  features: Feature[];
  properties: Record<string, unknown>;
}

/** enviroCar GeoJSON: one feature a point, each with the phenomena that were read at it. */
export function readGeoJson(text: string): ReadOutcome {
  const track = parse(text);
  if (typeof track === 'string') {
    return failed(track);
  }
  const problems: RowProblem[] = [];
  const ignored = new Set<string>();
  const actions = track.features.flatMap((feature, at) => {
    const action = readingOf(feature, ignored);
    if (typeof action !== 'string') {
      return [action];
    }
    problems.push({ line: 0, message: `feature ${at + 1}: ${action}` });
    return [];
  });
  if (actions.length === 0) {
    return failed(
      `none of its ${track.features.length} features can be played; ${problems[0]?.message ?? 'it is empty'}`,
    );
  }
  return {
    ok: true,
    recording: {
      format: 'geojson',
      layout: 'enviroCar track',
      product: 'obd',
      rows: track.features.length,
      problems,
      ignored: [...ignored],
      actions: inOrder([...actions, ...driveOf(track.properties)]),
    },
  };
}

function parse(text: string): Track | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return `it begins like JSON but is none: ${(error as Error).message}`;
  }
  const { type, features, properties } = json as Partial<Track> & { type?: unknown };
  if (type !== 'FeatureCollection' || !Array.isArray(features)) {
    return `it is JSON of type '${String(type)}', accepted is a GeoJSON FeatureCollection as enviroCar writes it`;
  }
  const known = features.some((feature: Feature | null) => feature?.properties?.phenomenons);
  return known
    ? { features, properties: properties ?? {} }
    : 'it is GeoJSON without "phenomenons", which enviroCar writes';
}

function readingOf(feature: Feature, ignored: Set<string>): Action | string {
  const atMs = isoTime(String(feature?.properties?.time));
  if (atMs === undefined) {
    return `time is '${String(feature?.properties?.time)}', expected a time such as 2020-03-25T16:31:52Z`;
  }
  const [lon, lat] = feature.geometry?.coordinates ?? [];
  if (typeof lat !== 'number' || typeof lon !== 'number') {
    return 'it has no coordinates';
  }
  const attributes: Values = { position: { lat, lon } };
  for (const [name, phenomenon] of Object.entries(feature.properties?.phenomenons ?? {})) {
    const attribute = phenomena[name];
    if (!attribute) {
      ignored.add(name);
    } else if (typeof phenomenon?.value !== 'number') {
      return `${name} is '${String(phenomenon?.value)}', expected a number`;
    } else {
      attributes[attribute] = phenomenon.value;
    }
  }
  return { form: 'record', point: 'reading', atMs, attributes };
}

/** The drive as the app summed it up; left out where the file does not say. */
function driveOf(properties: Record<string, unknown>): Action[] {
  const atMs = isoTime(String(properties.begin));
  const endMs = isoTime(String(properties.end));
  if (atMs === undefined || endMs === undefined || endMs < atMs) {
    return [];
  }
  const distance = typeof properties.length === 'number' ? properties.length : undefined;
  return [
    { form: 'session', point: 'drive', atMs, endMs, attributes: { distance, ...carOf(properties.sensor) } },
  ];
}

function carOf(sensor: unknown): Values {
  const car = ((sensor as { properties?: unknown } | undefined)?.properties ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 32) : undefined);
  const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
  return {
    maker: text(car.manufacturer),
    car_model: text(car.model),
    year: number(car.constructionYear),
    fuel: text(car.fuelType),
    engine: number(car.engineDisplacement),
  };
}
