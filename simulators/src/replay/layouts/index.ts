import { carDay } from './car-day.ts';
import { carTrips } from './car-trips.ts';
import { heartbeats } from './heartbeats.ts';
import type { CsvLayout } from './layout.ts';
import { mill } from './mill.ts';
import { nights } from './nights.ts';
import { power } from './power.ts';
import { shot } from './shot.ts';
import { shots } from './shots.ts';
import { sleepNight } from './sleep-night.ts';
import { workout } from './workout.ts';

/** All kinds of CSV files that can be played; a new one is a file here and a line in this list. */
export const csvLayouts: readonly CsvLayout[] = [
  workout,
  carDay,
  carTrips,
  power,
  sleepNight,
  heartbeats,
  nights,
  shot,
  shots,
  mill,
];
