import { cborTarget } from './cbor-target.ts';
import { configTarget } from './config-target.ts';
import { mqttTarget } from './mqtt-target.ts';
import type { FuzzTarget } from './target.ts';

/** Everything that takes bytes from outside, by the name of `npm run fuzz -- --only NAME`. */
export const targets: Readonly<Record<string, () => FuzzTarget | Promise<FuzzTarget>>> = {
  mqtt: mqttTarget,
  cbor: cborTarget,
  config: configTarget,
};

/** Not there to be fuzzed yet, with the reason. */
export const missing: Readonly<Record<string, string>> = {
  frames: 'the framing of serial links (COBS, CRC-32) is not built yet',
};
