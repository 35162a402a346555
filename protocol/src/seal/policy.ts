import { SealLevel, type SealLevelCode } from './level.ts';

/** How much harm a value of a point can do; the words of the model. */
export type Sensitivity = 'public' | 'ordinary' | 'personal' | 'special';

/**
 * The weakest hop between device and gateway: `loopback` stays in one machine, `plain` can be read and changed on the way,
 * `tls` proves the gateway and hides, `mtls` proves the device as well.
 */
export type Link = 'loopback' | 'plain' | 'tls' | 'mtls';

/** From weakest to strongest. */
const strength: readonly Link[] = ['plain', 'tls', 'mtls', 'loopback'];

const { none: S0, mac: S1, encrypted: S2 } = SealLevel;

/** POU-SEAL-13. One line a sensitivity: a change of policy is one changed line in review. */
const minimum: Record<Sensitivity, Record<Link, SealLevelCode | 'refuse'>> = {
  public: { loopback: S0, plain: S1, tls: S0, mtls: S0 },
  ordinary: { loopback: S0, plain: S1, tls: S1, mtls: S0 },
  personal: { loopback: S0, plain: S2, tls: S1, mtls: S1 },
  special: { loopback: S0, plain: 'refuse', tls: S2, mtls: S2 },
};

/** The weakest of the hops of a path. A path of no hop throws. */
export function weakestLink(hops: readonly Link[]): Link {
  const weakest = strength.find((link) => hops.includes(link));
  if (weakest === undefined) throw new Error('a path without a hop');
  return weakest;
}

/** The lowest level that data of a sensitivity may have over a path, or `refuse`: no seal makes this path good enough. */
export function minimumLevel(sensitivity: Sensitivity, link: Link): SealLevelCode | 'refuse' {
  return minimum[sensitivity][link];
}
