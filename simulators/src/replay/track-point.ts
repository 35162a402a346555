import type { Action, Position, Values } from './recording.ts';

/** What a track point may hold, in units of the workout model. */
export interface TrackPoint extends Values {
  position?: Position;
  distance?: number;
  altitude?: number;
  speed?: number;
  heart_rate?: number;
  cadence?: number;
  power?: number;
  temperature?: number;
}

export function trackPoint(atMs: number, attributes: TrackPoint): Action {
  return { form: 'record', point: 'track_point', atMs, attributes };
}

/** A position only if both halves of it are there. */
export function positionOf(lat: number | undefined, lon: number | undefined): Position | undefined {
  return lat === undefined || lon === undefined ? undefined : { lat, lon };
}
