import { car } from './car.ts';
import { espresso } from './espresso.ts';
import { mill } from './mill.ts';
import { obd } from './obd.ts';
import { plug } from './plug.ts';
import { sleep } from './sleep.ts';
import { workout } from './workout.ts';

/** Product models of the things whose recordings can be played. */
export const replayModels = { workout, car, obd, plug, sleep, espresso, mill } as const;

export type ReplayProduct = keyof typeof replayModels;
