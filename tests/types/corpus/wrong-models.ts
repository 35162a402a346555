import { bool, counter, event, gauge, int, oneOf, product, setting, state } from '@usewire/protocol/model';

const a = { basis: 'contract', code: 'maintenance' } as const;
const purposes = { a, health: { basis: 'consent', code: 'research', special: true } } as const;
const p = counter({ id: 1, for: 'a' });
const e = event({ id: 2, for: 'a' });
const s = state({ id: 3, for: 'a', values: ['eco', 'max'] });

// @ts-expect-error: no purposes [purposes]
product('x', 1, { points: { p } });
// @ts-expect-error: no points [points]
product('x', 1, { purposes });
// @ts-expect-error: no version [Expected 3 arguments]
product('x', { purposes, points: { p } });
// @ts-expect-error: a version as text [string]
product('x', '1', { purposes, points: { p } });
// @ts-expect-error: an unknown key of the model [metrics]
product('x', 1, { purposes, points: { p }, metrics: {} });
// @ts-expect-error: a purpose without legal basis [basis]
product('x', 1, { purposes: { a: { code: 'research' } }, points: { p } });
// @ts-expect-error: a purpose without code [code]
product('x', 1, { purposes: { a: { basis: 'consent' } }, points: { p } });
// @ts-expect-error: an unknown legal basis ["consnt"]
product('x', 1, { purposes: { a: { basis: 'consnt', code: 'research' } }, points: { p } });
// @ts-expect-error: an unknown purpose code ["fun"]
product('x', 1, { purposes: { a: { basis: 'consent', code: 'fun' } }, points: { p } });
// @ts-expect-error: an unknown key of a purpose [never]
product('x', 1, { purposes: { a: { ...a, reason: 'x' } }, points: { p } });
// @ts-expect-error: special data without consent [special]
product('x', 1, { purposes: { a: { basis: 'contract', code: 'research', special: true } }, points: { p } });
// @ts-expect-error: a point for a purpose that is not declared ['for' names no purpose of this model]
product('x', 1, { purposes, points: { p: counter({ id: 1, for: 'b' }) } });
// @ts-expect-error: an id twice [this id is used twice]
product('x', 1, { purposes, points: { p, q: counter({ id: 1, for: 'a' }) } });
// @ts-expect-error: id 0, which is the gap point [whole number from 1 to 65535]
product('x', 1, { purposes, points: { p: counter({ id: 0, for: 'a' }) } });
// @ts-expect-error: a negative id [whole number from 1 to 65535]
product('x', 1, { purposes, points: { p: counter({ id: -1, for: 'a' }) } });
// @ts-expect-error: an id with a fraction [whole number from 1 to 65535]
product('x', 1, { purposes, points: { p: counter({ id: 1.5, for: 'a' }) } });
// @ts-expect-error: a point that no builder made [not a point]
product('x', 1, { purposes, points: { p: { id: 1, for: 'a' } } });
// @ts-expect-error: an attribute where a point belongs [not a point]
product('x', 1, { purposes, points: { p: bool() } });
// @ts-expect-error: special data for a plain purpose [sensitivity 'special' needs a purpose]
product('x', 1, { purposes, points: { p: counter({ id: 1, for: 'a', sensitivity: 'special' }) } });
// @ts-expect-error: a point per subject without subjects [perSubject needs `subjects`]
product('x', 1, { purposes, points: { p: counter({ id: 1, for: 'a', perSubject: true }) } });
// @ts-expect-error: intent without intents [needs `intents`]
product('x', 1, { purposes, points: { e: event({ id: 1, for: 'a', context: ['intent'] }) } });
// @ts-expect-error: actor without actors [needs `actors`]
product('x', 1, { purposes, points: { e: event({ id: 1, for: 'a', context: ['actor'] }) } });
// @ts-expect-error: subjects as text [string]
product('x', 1, { purposes, points: { p }, subjects: 'left' });
// @ts-expect-error: a rule on a point that does not exist ["pp"]
product('x', 1, { purposes, points: { p, e }, rules: [{ when: 'pp', above: 1, emit: 'e' }] });
// @ts-expect-error: a rule that emits a counter ["p"]
product('x', 1, { purposes, points: { p, e }, rules: [{ when: 'p', above: 1, emit: 'p' }] });
// @ts-expect-error: a rule without event [emit]
product('x', 1, { purposes, points: { p, e }, rules: [{ when: 'p', above: 1 }] });
// @ts-expect-error: a rule with a bound as text [string]
product('x', 1, { purposes, points: { p, e }, rules: [{ when: 'p', above: '1', emit: 'e' }] });
// @ts-expect-error: a rule with an unknown key [beyond]
product('x', 1, { purposes, points: { s, e }, rules: [{ when: 's', beyond: 1, emit: 'e' }] });
const forced = event({ id: 4, for: 'a', attributes: { force: int(0, 9) } });
// @ts-expect-error: a rule that emits an event with required attributes [never]
product('x', 1, { purposes, points: { p, forced }, rules: [{ when: 'p', above: 1, emit: 'forced' }] });
// @ts-expect-error: a setting whose default has another type [string]
setting({ id: 1, type: int(1, 9), default: 'five' });
// @ts-expect-error: a setting whose default is none of its labels ["off" | "dim"]
setting({ id: 1, type: oneOf('off', 'dim'), default: 'bright' });
// @ts-expect-error: a setting without default [default]
setting({ id: 1, type: bool() });
// @ts-expect-error: a setting that may be absent [true]
setting({ id: 1, type: bool({ optional: true }), default: true });
// @ts-expect-error: a gauge where config has settings [not a setting]
product('x', 1, { purposes, points: { p }, config: { g: gauge({ id: 1, for: 'a' }) } });
const on = setting({ id: 1, type: bool(), default: true });
// @ts-expect-error: a setting where commands stand [not a command]
product('x', 1, { purposes, points: { p }, commands: { on } });
