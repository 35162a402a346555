import { describe, expect, it } from 'vitest';
import { encodeRecords, modelTable, product, session } from '../model/index.ts';
import { encodeMessage } from '../wire/index.ts';
import { compileModel, materialise, toJsonSchema } from './index.ts';

const oven = product('acme.oven', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: {
    blink: session({ id: 1, for: 'service', resolutionMs: 1 }),
    roast: session({ id: 2, for: 'service', resolutionMs: 60_000 }),
  },
});
const table = modelTable(oven);

function durations(steps: { [point: string]: number }): unknown {
  const entries = Object.keys(steps).map((name) => {
    const point = table.points.findIndex((each) => each.name === name);
    return { form: 'record' as const, point, atMs: 0, values: [steps[name]!] };
  });
  const head = {
    kind: 1,
    seq: 0,
    boot: 1,
    uptimeMs: 0,
    modelHash: table.hash.subarray(0, 4),
    epoch: 0,
  } as const;
  const verdict = compileModel(table).check(
    encodeMessage({ ...head, records: encodeRecords(table, 0, entries, 'plain') }),
  );
  if (!verdict.ok) throw new Error(verdict.detail);
  return materialise(table, verdict).map((record) => record.value);
}

describe('the value of a session', () => {
  it('is in seconds, whatever steps it travels in', () => {
    expect(durations({ blink: 1234, roast: 3 })).toEqual([1.234, 180]);
  });

  it('is described as such, with its step', () => {
    const { $defs } = toJsonSchema(oven) as { $defs: { [name: string]: { properties: { value: unknown } } } };
    const seconds = { minimum: 0, 'x-unit': 's' };
    expect($defs.blink!.properties.value).toEqual({ ...seconds, type: 'number', 'x-step': 0.001 });
    expect($defs.roast!.properties.value).toEqual({ ...seconds, type: 'integer', 'x-step': 60 });
  });
});
