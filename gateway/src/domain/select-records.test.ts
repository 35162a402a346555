import { event, oneOf, product, session } from '@usewire/protocol/model';
import { describe, expect, it } from 'vitest';
import { batchOf, bedRecord } from '../testing/bed-batch.ts';
import { createSelection, everything } from './select-records.ts';
import type { SinkRules } from './sink-rules.ts';

const bed = product('acme.bed', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    research: { basis: 'consent', code: 'marketing' },
  },
  subjects: ['left', 'right'],
  intents: ['sleep'],
  points: {
    moved: event({ id: 1, for: 'service', attributes: { preset: oneOf('flat', 'tv') }, context: ['intent'] }),
    sleep: session({ id: 2, for: 'research' }),
  },
});

const models = new Map([['acme/0a0b0c0d', bed]]);
const common = { modelHash: '0a0b0c0d', product: 'acme.bed', subject: 'left' };
const moved = bedRecord(0, {
  ...common,
  point: 'moved',
  value: null,
  attributes: { preset: 'flat', intent: 'sleep' },
});
const sleep = bedRecord(1, { ...common, point: 'sleep', value: 600 });
const gap = bedRecord(2, { ...common, point: 'gap', kind: 'gap', value: 12 });
const given = batchOf([moved, sleep, gap], models);

function select(rules: SinkRules) {
  return createSelection(rules)(given);
}

describe('which records a sink gets', () => {
  it.each<[string, SinkRules, string[]]>([
    ['all, without rules', {}, ['moved', 'sleep', 'gap']],
    ['only a point', { only: { points: ['sleep'] } }, ['sleep']],
    ['only a point of a product', { only: { points: ['acme.bed.sleep', 'acme.mat.moved'] } }, ['sleep']],
    ['only a product', { only: { products: ['acme.bed'] } }, ['moved', 'sleep', 'gap']],
    ['only another product', { only: { products: ['acme.mat'] } }, []],
    ['only a purpose by its name', { only: { purposes: ['service'] } }, ['moved']],
    ['only a purpose by its code', { only: { purposes: ['marketing'] } }, ['sleep']],
    ['a name that is a code means the code', { only: { purposes: ['research'] } }, []],
    ['what it is for, and gap records, which are for nothing', { purposes: ['marketing'] }, ['sleep', 'gap']],
    ['nothing that it is not for', { purposes: ['sale'] }, ['gap']],
    [
      'what is in each list',
      { only: { products: ['acme.bed'], points: ['moved', 'gap'] } },
      ['moved', 'gap'],
    ],
    [
      'not what is in one list of except',
      { except: { points: ['moved'], purposes: ['marketing'] } },
      ['gap'],
    ],
    ['except is stronger', { only: { points: ['sleep'] }, except: { products: ['acme.bed'] } }, []],
  ])('%s', (_what, rules, points) => {
    expect(select(rules).records.map((record) => record.point)).toEqual(points);
  });

  it('hands the batch on as it is when there are no rules', () => {
    expect(createSelection({ only: undefined })).toBe(everything);
    expect(everything(given)).toBe(given);
  });

  it('shows a model without the points that are left out, the same object every time', () => {
    const selection = createSelection({ only: { points: ['sleep'] } });
    const [first, second] = [selection(given), selection(given)];
    expect(Object.keys(first.models.get('acme/0a0b0c0d')!.points)).toEqual(['sleep']);
    expect(second.models.get('acme/0a0b0c0d')).toBe(first.models.get('acme/0a0b0c0d'));
  });
});

describe('how a sink sees their fields', () => {
  function seen(fields: SinkRules['fields'], index = 0) {
    const { records, models: views } = select({ fields });
    const { points } = views.get('acme/0a0b0c0d')!;
    return { record: records[index]!, point: points[given.records[index]!.point] };
  }

  it('renames an attribute, in records and in the model', () => {
    const { record, point } = seen([{ points: ['moved'], rename: { preset: 'position' } }]);
    expect(record.attributes).toEqual({ position: 'flat', intent: 'sleep' });
    expect(Object.keys(point!.attributes)).toEqual(['position']);
  });

  it('drops attributes, context, subject and value', () => {
    const { record, point } = seen([{ drop: ['preset', 'intent', 'subject'] }]);
    expect(record).toMatchObject({ attributes: {}, subject: null });
    expect([point!.attributes, point!.context]).toEqual([{}, []]);
    expect(seen([{ drop: ['value'] }], 1).record.value).toBeNull();
  });

  it('adds constants, which the model then has as optional attributes', () => {
    const { record, point } = seen([{ set: { site: 'berlin', floor: 3, test: false } }], 1);
    expect(record.attributes).toEqual({ site: 'berlin', floor: 3, test: false });
    expect(
      Object.entries(point!.attributes).map(([name, { type, optional }]) => [name, type, optional]),
    ).toEqual([
      ['site', 'text', true],
      ['floor', 'num', true],
      ['test', 'bool', true],
    ]);
  });

  it('follows one rule after the other', () => {
    const rules = [{ rename: { preset: 'position' } }, { drop: ['position'] }, { set: { position: 'none' } }];
    expect(seen(rules).record.attributes).toEqual({ intent: 'sleep', position: 'none' });
  });

  it('does not take a new name that the point has already: nothing is lost to a model that came later', () => {
    expect(seen([{ rename: { preset: 'intent' } }]).record.attributes).toEqual(moved.attributes);
  });

  it('leaves points that are not named, and the records it was given, as they are', () => {
    const before = structuredClone(given.records);
    expect(seen([{ points: ['moved'], set: { site: 'berlin' } }], 1).record).toBe(sleep);
    expect(given.records).toEqual(before);
  });

  it('takes only the subject from gap records', () => {
    const { record } = seen([{ drop: ['subject', 'value'], set: { site: 'berlin' } }], 2);
    expect(record).toEqual({ ...gap, subject: null });
  });
});
