import type {
  Model,
  Point,
  PointTypes,
  Recorders,
  SeriesRecorder,
  SubjectName,
} from '@usewire/protocol/model';

/** A series on a device also takes samples of a moment that is past: `atMs` is an uptime, not later than now. */
export interface DeviceSeriesRecorder extends SeriesRecorder {
  addAt(value: number, atMs: number): void;
}

type WithAddAt<M extends Model, P> =
  P extends Point<'series', infer T extends PointTypes>
    ? T['perSubject'] extends true
      ? { readonly [S in SubjectName<M>]: DeviceSeriesRecorder }
      : DeviceSeriesRecorder
    : unknown;

/** What an application records with: `points.heart_rate.left.add(61)`. */
export type DevicePoints<M extends Model> = Recorders<M> & {
  readonly [K in keyof M['points']]: WithAddAt<M, M['points'][K]>;
};
