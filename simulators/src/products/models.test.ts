import { checkModel } from '@usewire/protocol/check';
import { describe, expect, it } from 'vitest';
import { applianceModel } from './appliance-model.ts';
import { bedModel } from './bed-model.ts';
import { carModel } from './car-model.ts';
import { machineModel } from './machine-model.ts';
import { wearableModel } from './wearable-model.ts';
import { wristbandModel } from './wristband-model.ts';

describe('the models of simulated products', () => {
  it.each([applianceModel, bedModel, carModel, machineModel, wearableModel, wristbandModel])(
    '$product has no fault',
    (model) => {
      expect(checkModel(model)).toEqual([]);
    },
  );
});
