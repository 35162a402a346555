import type { Model } from '@usewire/protocol/model';
import type { Action, ActionOf } from '../behaviour/action.ts';
import { type Behaviour, type RunningBehaviour, run, type Setting } from '../behaviour/behaviour.ts';
import type { Streams } from '../random/stream.ts';
import { applianceBehaviour } from './appliance.ts';
import { applianceModel } from './appliance-model.ts';
import { bedBehaviour } from './bed.ts';
import { bedModel } from './bed-model.ts';
import { carBehaviour } from './car.ts';
import { carModel } from './car-model.ts';
import { machineBehaviour } from './machine.ts';
import { machineModel } from './machine-model.ts';
import { wearableBehaviour } from './wearable.ts';
import { wearableModel } from './wearable-model.ts';
import { wristbandBehaviour } from './wristband.ts';
import { wristbandModel } from './wristband-model.ts';

/** A product that people use: what it may record, and how they use it. */
export interface SimulatedProduct {
  name: string;
  /** One line: what its people do. */
  story: string;
  model: Model;
  start(setting: Setting, random: Streams, nowMs: number): RunningBehaviour;
}

/** Joins a model and a behaviour; the behaviour's actions must be ones that the model has. */
function simulated<M extends Model, S>(
  name: string,
  story: string,
  model: M,
  behaviour: Behaviour<S, ActionOf<M>>,
): SimulatedProduct {
  const loose = behaviour as unknown as Behaviour<S, Action>;
  return { name, story, model, start: (setting, random, nowMs) => run(loose, setting, random, nowMs) };
}

export const products: readonly SimulatedProduct[] = [
  simulated('bed', 'nights of two people, comfort functions before sleep', bedModel, bedBehaviour),
  simulated('car', 'there and back on workdays, errands, outings', carModel, carBehaviour),
  simulated('wearable', 'pulse, steps, activities, battery, taps', wearableModel, wearableBehaviour),
  simulated(
    'appliance',
    'dishwasher, washer or coffee maker: cycles, energy, faults',
    applianceModel,
    applianceBehaviour,
  ),
  simulated('wristband', 'visits to a park, tap by tap', wristbandModel, wristbandBehaviour),
  simulated('machine', 'shifts of a mill: parts, tool wear, stops', machineModel, machineBehaviour),
];

/** The product of that name, or undefined. */
export function productNamed(name: string): SimulatedProduct | undefined {
  return products.find((one) => one.name === name);
}
