import { pointAt } from './lamp.ts';
import { bothForms } from './record-vector.ts';
import type { Vector } from './vector.ts';

const at = (
  name: string,
  atMs: number,
  values: (number | string | boolean | Uint8Array | number[] | null)[],
) => ({ form: 'record', point: pointAt(name), atMs, values }) as const;
const pulse = (atMs: number, samples: number[], periodMs = 1000) =>
  ({ form: 'series', point: pointAt('pulse'), atMs, periodMs, samples }) as const;

const night = Array.from({ length: 60 }, (_, i) => 58 + (i % 7) - (i % 3));

/** Sets of records, written by the encoder in both forms. */
export const pairedVectors: Vector[] = [
  bothForms('set/event', 'POU-REC-9', 'an event without attributes', [at('blinked', 5000, [])]),
  bothForms('set/tap', 'POU-REC-9', 'an event with the attributes it needs', [
    at('tapped', 5250, [1, true, null, null, null, null, null, null, null]),
  ]),
  bothForms('set/tap-full', 'POU-REC-9', 'an event with every attribute and context', [
    at('tapped', 6000, [
      2,
      false,
      1000,
      'später €',
      Uint8Array.of(0, 255),
      7,
      [491234567, -81234567, 5],
      1,
      0,
    ]),
  ]),
  bothForms('set/counter', 'POU-REC-9', 'a counter that grows', [
    at('turns', 5000, [70000]),
    at('turns', 65000, [70012]),
  ]),
  bothForms('set/gauge', 'POU-REC-9', 'gauges below, in and above their range, as differences', [
    at('warmth', 5000, [215]),
    at('warmth', 6000, [217]),
    at('warmth', 7000, [-4000]),
    at('warmth', 8000, [9000]),
  ]),
  bothForms('set/huge-differences', 'POU-REC-9', 'differences beyond 2^40, where the Rice state saturates', [
    at('warmth', 5000, [0]),
    at('warmth', 6000, [4398046511104]),
    at('warmth', 7000, [-4398046511104]),
    at('warmth', 8000, [1]),
    at('warmth', 9000, [2]),
  ]),
  bothForms('set/packed-limit', 'POU-PACK-5', 'numbers near 2^52, about the largest with a packed code', [
    at('drift', 5000, [4503599627370000]),
    at('drift', 6000, [-4503599627370000]),
    at('turns', 6000, [4503599627370000]),
  ]),
  bothForms('set/free-gauge', 'POU-REC-9', 'a gauge without a range', [
    at('drift', 5001, [-1]),
    at('drift', 5002, [123456789]),
  ]),
  bothForms('set/state', 'POU-REC-9', 'states', [at('mode', 5000, [0]), at('mode', 5500, [2])]),
  bothForms('set/session', 'POU-REC-9', 'a session of 8 hours', [at('use', 28805000, [28800, 81])]),
  bothForms('set/series', 'POU-REC-9', 'a minute of pulse', [pulse(5000, night)]),
  bothForms('set/series-twice', 'POU-REC-9', 'two stretches, the second with its own period', [
    pulse(5000, [58, 59, 59, 61, 220]),
    pulse(70000, [25], 5000),
  ]),
  bothForms('set/distribution', 'POU-REC-9', 'a histogram', [
    at('load', 11000, [[3, 25, 5, 12, -2, 1, -3, 1, 0, 1]]),
  ]),
  bothForms('set/gap', 'POU-GAP-1', 'losses with their cause, first seq and span', [
    at('gap', 5000, [17, 0, null, 60000]),
    at('gap', 6000, [1, 5, 0, null]),
  ]),
  bothForms('set/mixed', 'POU-REC-9', 'series and records of many points, some at the same time', [
    pulse(5000, [60, 61, 60]),
    at('mode', 5000, [1]),
    at('tapped', 5000, [0, false, 12, null, null, 3, null, null, 1]),
    at('warmth', 6000, [366]),
    at('turns', 6000, [1]),
    at('gap', 7000, [2, 1, 40, null]),
    at('blinked', 9000, []),
  ]),
].flat();
