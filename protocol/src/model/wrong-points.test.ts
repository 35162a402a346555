import { describe, expect, it } from 'vitest';
import { bool } from './index.ts';
import { faultsOf, loose, model, ok, one, type WrongModel } from './wrong-model.fixture.ts';

const wrong: WrongModel[] = [
  ['no points', model({ points: {} }), 'MODEL_LIMIT', 'points', /1 to 1000/],
  [
    'a point name in camel case',
    model({ points: { heartRate: ok() } }),
    'POINT_NAME',
    'points.heartRate',
    /lower-case/,
  ],
  ['a point named gap', model({ points: { gap: ok() } }), 'POINT_NAME', 'points.gap', /not gap/],
  [
    'a point that is no point',
    model({ points: { p: { kind: 'evnt' } } }),
    'POINT_KIND',
    'points.p',
    /did you mean 'event'/,
  ],
  ['a point that is null', model({ points: { p: null } }), 'POINT_KIND', 'points.p', /null is no kind/],
  [
    'a point without spec',
    model({ points: { p: loose.counter(undefined) } }),
    'MODEL_KEY_MISSING',
    'points.p.id',
    /add 'id'/,
  ],
  [
    'a point without purpose',
    model({ points: { p: loose.counter({ id: 1 }) } }),
    'MODEL_KEY_MISSING',
    'points.p.for',
    /add 'for'/,
  ],
  [
    'a purpose that is not declared',
    one('counter', { for: 'helth' }),
    'POINT_PURPOSE',
    'points.p.for',
    /did you mean 'health'/,
  ],
  ['id 0', one('counter', { id: 0 }), 'POINT_ID', 'points.p.id', /0 is the gap point/],
  ['id 65536', one('counter', { id: 65536 }), 'POINT_ID', 'points.p.id', /1 to 65535/],
  ['id 1.5', one('counter', { id: 1.5 }), 'POINT_ID', 'points.p.id', /whole number/],
  [
    'an id twice',
    model({ points: { p: ok(), q: ok() } }),
    'POINT_ID_TWICE',
    'points.q.id',
    /is the id of points\.p/,
  ],
  [
    'an unknown key of a point',
    one('counter', { retentionDay: 3 }),
    'MODEL_KEY_UNKNOWN',
    'points.p.retentionDay',
    /did you mean 'retentionDays'/,
  ],
  [
    'a range of an event',
    one('event', { range: [0, 1] }),
    'MODEL_KEY_UNKNOWN',
    'points.p.range',
    /unknown key/,
  ],
  [
    'a period of a gauge',
    one('gauge', { periodMs: 1000 }),
    'MODEL_KEY_UNKNOWN',
    'points.p.periodMs',
    /unknown key/,
  ],
  [
    'attributes of a counter',
    one('counter', { attributes: { x: bool() } }),
    'MODEL_KEY_UNKNOWN',
    'points.p.attributes',
    /a value only/,
  ],
  [
    'context of a series',
    one('series', { periodMs: 1, context: ['session'] }),
    'POINT_CONTEXT',
    'points.p.context',
    /a value only/,
  ],
  [
    'an unknown sensitivity',
    one('counter', { sensitivity: 'secret' }),
    'POINT_SENSITIVITY',
    'points.p.sensitivity',
    /personal/,
  ],
  [
    'special data for a plain purpose',
    one('counter', { sensitivity: 'special' }),
    'POINT_SPECIAL',
    'points.p.sensitivity',
    /special: true/,
  ],
  [
    'per subject without subjects',
    one('counter', { perSubject: true }),
    'POINT_SUBJECTS',
    'points.p.perSubject',
    /subjects/,
  ],
  [
    'per subject that is no bool',
    one('counter', { perSubject: 'left' }),
    'MODEL_TYPE',
    'points.p.perSubject',
    /true or false/,
  ],
  [
    'an unknown context',
    one('event', { context: ['place'] }),
    'POINT_CONTEXT',
    'points.p.context',
    /'place'/,
  ],
  [
    'a context twice',
    one('event', { context: ['session', 'session'] }),
    'POINT_CONTEXT',
    'points.p.context',
    /twice/,
  ],
  [
    'context that is no list',
    one('event', { context: 'session' }),
    'POINT_CONTEXT',
    'points.p.context',
    /a list/,
  ],
  [
    'intent without intents',
    one('event', { context: ['intent'] }),
    'POINT_CONTEXT',
    'points.p.context',
    /`intents`/,
  ],
  [
    'actor without actors',
    one('event', { context: ['actor'] }),
    'POINT_CONTEXT',
    'points.p.context',
    /`actors`/,
  ],
  [
    'retention of 0 days',
    one('counter', { retentionDays: 0 }),
    'POINT_RETENTION',
    'points.p.retentionDays',
    /1 to 36500/,
  ],
  [
    'an unknown priority',
    one('counter', { priority: 'high' }),
    'POINT_PRIORITY',
    'points.p.priority',
    /critical/,
  ],
  [
    'a resolution of half a ms',
    one('counter', { resolutionMs: 0.5 }),
    'POINT_RESOLUTION',
    'points.p.resolutionMs',
    /whole ms/,
  ],
  ['a series without period', one('series', {}), 'POINT_PERIOD', 'points.p.periodMs', /undefined/],
  ['a state without values', one('state', {}), 'POINT_VALUES', 'points.p.values', /1 to 255/],
  [
    'a state with a value twice',
    one('state', { values: ['a', 'a'] }),
    'POINT_VALUES',
    'points.p.values[1]',
    /twice/,
  ],
  ['a title that is a number', one('counter', { title: 7 }), 'MODEL_TYPE', 'points.p.title', /text/],
];

describe('a point that is wrong', () => {
  it.each(wrong)('is refused: %s', (_what, build, code, path, message) => {
    const [fault] = faultsOf(build);
    expect(fault).toMatchObject({ code, path });
    expect(fault?.message).toMatch(message);
  });
});
