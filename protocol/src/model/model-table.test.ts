import { describe, expect, it } from 'vitest';
import { bed } from './bed.fixture.ts';
import { modelHash, modelTable, VALUE_KEY } from './index.ts';

const table = modelTable(bed);
const row = (name: string) => table.points.find((point) => point.name === name)!;
const fieldNames = (name: string) => row(name).fields.map((field) => field.name);

describe('modelTable', () => {
  it('puts the gap point first, with count, cause, first lost seq and span', () => {
    const gap = table.points[0];
    expect([gap.id, gap.name, gap.kind, gap.purpose, gap.hasValue]).toEqual([0, 'gap', 'gap', -1, true]);
    expect(gap.fields.map((f) => [f.name, f.key, f.type, f.optional, f.min])).toEqual([
      ['value', VALUE_KEY, 'int', false, 1],
      ['cause', 0, 'enum', false, undefined],
      ['from', 1, 'int', true, 0],
      ['span_ms', 2, 'int', true, 0],
    ]);
    expect(gap.fields[1].labels).toEqual(['evicted', 'invalid', 'storage', 'power', 'overflow', 'shutdown']);
  });

  it('sorts points by id', () => {
    expect(table.points.map((point) => point.id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('orders fields: value, attributes as declared, context as the wire has it', () => {
    expect(fieldNames('position_changed')).toEqual([
      'preset',
      'angle',
      'source',
      'session',
      'location',
      'intent',
      'actor',
    ]);
    expect(row('position_changed').fields.map((f) => f.key)).toEqual([0, 1, 2, -1, -2, -3, -4]);
    expect(fieldNames('sleep')).toEqual(['value', 'score', 'turns', 'intent']);
  });

  it('gives an event no value and every other kind one', () => {
    const without = table.points.filter((point) => !point.hasValue).map((point) => point.name);
    expect(without).toEqual(['position_changed', 'note', 'overheat']);
    for (const point of table.points) expect(point.fields[0]?.key === VALUE_KEY).toBe(point.hasValue);
  });

  it('states bounds in wire steps', () => {
    const value = row('temperature').fields[0];
    expect([value.scale, value.min, value.max, value.delta, value.outside]).toEqual([
      0.1,
      -400,
      600,
      true,
      'refuse',
    ]);
    const weight = row('note').fields[4];
    expect([weight.scale, weight.min, weight.max, weight.outside]).toEqual([0.1, 0, 2500, 'keep']);
  });

  it('keeps counters and durations at zero or above', () => {
    expect([row('lift_cycles').fields[0].min, row('sleep').fields[0].min]).toEqual([0, 0]);
  });

  it('carries byte limits, labels, periods, priorities and purposes', () => {
    expect(row('note').fields.map((f) => f.maxBytes)).toEqual([40, 64, undefined, undefined, undefined]);
    expect(row('mode').fields[0].labels).toEqual(['eco', 'max']);
    expect(row('position_changed').fields[5].labels).toEqual(['sleep', 'relax']);
    expect([row('heart_rate').periodMs, row('heart_rate').priority, row('overheat').priority]).toEqual([
      1000, 2, 0,
    ]);
    expect(table.purposes).toEqual([
      { name: 'service', code: 1, needsConsent: false },
      { name: 'health', code: 3, needsConsent: true },
      { name: 'improve', code: 2, needsConsent: true },
    ]);
    expect(row('position_changed').purpose).toBe(2);
  });

  it('has the hash of the model', () => {
    expect(table.hash).toEqual(modelHash(bed));
    expect(table.hash.length).toBe(32);
  });
});
