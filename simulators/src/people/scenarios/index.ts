import type { Scenario } from '../scenario.ts';
import { changeOfMind } from './change-of-mind.ts';
import { factoryReset } from './factory-reset.ts';
import { grantLate } from './grant-late.ts';
import { inTheApp } from './in-the-app.ts';
import { refuse } from './refuse.ts';
import { sellTheCar } from './sell-the-car.ts';
import { shareABed } from './share-a-bed.ts';
import { withdrawOffline } from './withdraw-offline.ts';

export const scenarios: readonly Scenario[] = [
  refuse,
  grantLate,
  withdrawOffline,
  changeOfMind,
  shareABed,
  inTheApp,
  sellTheCar,
  factoryReset,
];
