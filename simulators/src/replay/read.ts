import { readCsv } from './readers/csv.ts';
import { readFit } from './readers/fit.ts';
import { readGeoJson } from './readers/geojson.ts';
import { readGpx } from './readers/gpx.ts';
import { failed, type ReadContext, type ReadOutcome } from './recording.ts';

const acceptedFormats = 'FIT activities, GPX tracks, enviroCar GeoJSON and CSV';

/** Reads a recording. The content decides which format it is; a name with the wrong ending does no harm. */
export function readRecording(bytes: Uint8Array, context: ReadContext): ReadOutcome {
  if (bytes.length === 0) {
    return failed('it is empty');
  }
  // FIT header: its own length, then at byte 8 the letters '.FIT'.
  if (ascii(bytes.subarray(8, 12)) === '.FIT') {
    return readFit(bytes);
  }
  const text = textOf(bytes);
  if (text === undefined) {
    return failed(
      `it is binary and begins with ${hex(bytes.subarray(0, 8))}; accepted are ${acceptedFormats}`,
    );
  }
  const first = text.trimStart().charAt(0);
  if (first === '<') {
    return readGpx(text);
  }
  return first === '{' || first === '[' ? readGeoJson(text) : readCsv(text, context);
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
