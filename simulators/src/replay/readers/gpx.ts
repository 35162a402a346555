import { gpx } from '@tmcw/togeojson';
import { DOMParser, type Document, type Element, ParseError } from '@xmldom/xmldom';
import { isoTime } from '../cells.ts';
import { type Action, failed, inOrder, type ReadOutcome, type RowProblem } from '../recording.ts';
import { positionOf, type TrackPoint, trackPoint } from '../track-point.ts';

/** GPX tracks. Points without a place or a time are told with their line. Routes and waypoints are plans, not recordings. */
export function readGpx(text: string): ReadOutcome {
  const document = parse(text);
  if (typeof document === 'string') {
    return failed(document);
  }
  const rows = document.getElementsByTagName('trkpt').length;
  const problems = [...takeOutBadPoints(document), ...joinSegments(document)];
  const points = Array.from(document.getElementsByTagName('trkpt'));
  const places = (gpx(document) as { features: TrackFeature[] }).features.flatMap(placesOf);
  const actions = places.map((place, at) => actionOf(place, points[at]));
  if (actions.length === 0) {
    const why = problems[0] ? `; the first bad one is line ${problems[0].line}: ${problems[0].message}` : '';
    return failed(`it is GPX with ${rows} track points, of which none can be played${why}`);
  }
  return {
    ok: true,
    recording: {
      format: 'gpx',
      layout: 'GPX track',
      product: 'workout',
      rows,
      problems,
      ignored: [],
      actions: inOrder(actions),
    },
  };
}

function parse(text: string): Document | string {
  let document: Document;
  try {
    document = new DOMParser({ onError: () => {} }).parseFromString(text, 'text/xml');
  } catch (error) {
    if (error instanceof ParseError) {
      return `it is XML that cannot be read: ${error.message}`;
    }
    throw error;
  }
  const root = document.documentElement?.localName ?? 'nothing';
  return root === 'gpx' ? document : `it is XML with the root <${root}>; of XML files only <gpx> is accepted`;
}

/**
 * The converter keeps a list of times beside the list of places: one point without a time would give all later points
 * their neighbour's. So bad points leave the document before.
 */
function takeOutBadPoints(document: Document): RowProblem[] {
  return Array.from(document.getElementsByTagName('trkpt')).flatMap((point) => {
    const message = complaint(point);
    return message === undefined ? [] : [takeOut(point, message)];
  });
}

function takeOut(point: Element, message: string): RowProblem {
  point.parentNode?.removeChild(point);
  return { line: point.lineNumber ?? 0, message };
}

function complaint(point: Element): string | undefined {
  const lat = Number.parseFloat(point.getAttribute('lat') ?? '');
  const lon = Number.parseFloat(point.getAttribute('lon') ?? '');
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) {
    return `the place is lat '${point.getAttribute('lat')}' lon '${point.getAttribute('lon')}', expected degrees`;
  }
  const time = textIn(point, 'time') ?? '';
  return isoTime(time) === undefined
    ? `<time> is '${time}', expected a time such as 2015-08-15T14:45:08Z`
    : undefined;
}

/** The converter leaves out lines of a single point: segments are joined (the pause shows in the times), lone tracks are told. */
function joinSegments(document: Document): RowProblem[] {
  return Array.from(document.getElementsByTagName('trk')).flatMap((track) => {
    const [first, ...others] = Array.from(track.getElementsByTagName('trkseg'));
    for (const other of others) {
      for (const point of Array.from(other.getElementsByTagName('trkpt'))) {
        first?.appendChild(point);
      }
      track.removeChild(other);
    }
    const points = Array.from(track.getElementsByTagName('trkpt'));
    return points.length === 1 ? [takeOut(points[0]!, 'it is the only point of its track')] : [];
  });
}

interface TrackFeature {
  geometry: { type: string; coordinates: number[][] };
  properties: { coordinateProperties?: { times?: string[] } };
}

interface Place {
  atMs: number;
  coordinates: number[];
}

function placesOf(feature: TrackFeature): Place[] {
  const times = feature.properties.coordinateProperties?.times;
  return feature.geometry.type !== 'LineString' || !times
    ? []
    : feature.geometry.coordinates.map((coordinates, at) => ({
        atMs: Date.parse(times[at] ?? ''),
        coordinates,
      }));
}

function actionOf(place: Place, point: Element | undefined): Action {
  const [lon, lat, altitude] = place.coordinates;
  return trackPoint(place.atMs, { position: positionOf(lat, lon), altitude, ...(point && sensorsOf(point)) });
}

/** By local name: the converter knows the extension by the prefix 'gpxtpx' only, and exporters choose their own. */
function sensorsOf(point: Element): TrackPoint {
  const number = (name: string) => {
    const value = Number.parseFloat(textIn(point, name) ?? '');
    return Number.isFinite(value) ? value : undefined;
  };
  return {
    speed: number('speed'),
    heart_rate: number('hr'),
    cadence: number('cad'),
    power: number('power') ?? number('PowerInWatts'),
    temperature: number('atemp'),
  };
}

function textIn(point: Element, localName: string): string | undefined {
  return point.getElementsByTagNameNS('*', localName)[0]?.textContent?.trim();
}
