import { adminTarget } from './admin-target.ts';
import { cborTarget } from './cbor-target.ts';
import { configTarget } from './config-target.ts';
import { modelTarget } from './model-target.ts';
import { mqttTarget } from './mqtt-target.ts';
import { sealTarget } from './seal-target.ts';
import { serialTarget } from './serial-target.ts';
import type { BytesTarget, FuzzTarget } from './target.ts';

/** Targets whose input is bytes, which regressions.json can keep. */
export const bytesTargets: Readonly<Record<string, () => BytesTarget | Promise<BytesTarget>>> = {
  cbor: cborTarget,
  serial: serialTarget,
  seal: sealTarget,
  config: configTarget,
  model: modelTarget,
  admin: adminTarget,
};

/** Everything that takes bytes from outside, by the name of `npm run fuzz -- --only NAME`. */
export const targets: Readonly<Record<string, () => FuzzTarget | Promise<FuzzTarget>>> = {
  mqtt: mqttTarget,
  ...bytesTargets,
};
