import {
  bool,
  bytes,
  command,
  counter,
  distribution,
  event,
  gauge,
  int,
  location,
  num,
  oneOf,
  optional,
  series,
  session,
  state,
  text,
} from '@usewire/protocol/model';

// @ts-expect-error: a point without purpose [for]
counter({ id: 1 });
// @ts-expect-error: a point without id [id]
counter({ for: 'a' });
// @ts-expect-error: a point without anything [Expected 1 arguments]
counter();
// @ts-expect-error: an id as text [string]
counter({ id: '1', for: 'a' });
// @ts-expect-error: an unknown key [retentionDay]
counter({ id: 1, for: 'a', retentionDay: 3 });
// @ts-expect-error: an unknown sensitivity ["secret"]
counter({ id: 1, for: 'a', sensitivity: 'secret' });
// @ts-expect-error: an unknown priority ["high"]
counter({ id: 1, for: 'a', priority: 'high' });
// @ts-expect-error: retention with a unit in words [string]
counter({ id: 1, for: 'a', retentionDays: '30 days' });
// @ts-expect-error: a range of a counter [range]
counter({ id: 1, for: 'a', range: [0, 1] });
// @ts-expect-error: attributes of a counter [attributes]
counter({ id: 1, for: 'a', attributes: { x: bool() } });
// @ts-expect-error: a unit in words ["Celsius"]
gauge({ id: 1, for: 'a', unit: 'Celsius' });
// @ts-expect-error: a unit that is a number [number]
gauge({ id: 1, for: 'a', unit: 5 });
// @ts-expect-error: a scale that is no power of ten [0.5]
gauge({ id: 1, for: 'a', scale: 0.5 });
// @ts-expect-error: a range of one number [requires 2]
gauge({ id: 1, for: 'a', range: [5] });
// @ts-expect-error: a range as text [string]
gauge({ id: 1, for: 'a', range: '0..5' });
// @ts-expect-error: an unknown outside ["drop"]
gauge({ id: 1, for: 'a', outside: 'drop' });
// @ts-expect-error: a period of a gauge [periodMs]
gauge({ id: 1, for: 'a', periodMs: 1000 });
// @ts-expect-error: a series without period [periodMs]
series({ id: 1, for: 'a' });
// @ts-expect-error: a period as text [string]
series({ id: 1, for: 'a', periodMs: '1s' });
// @ts-expect-error: context of a series [context]
series({ id: 1, for: 'a', periodMs: 1, context: ['session'] });
// @ts-expect-error: a state without values [values]
state({ id: 1, for: 'a' });
// @ts-expect-error: a state with numbers [number]
state({ id: 1, for: 'a', values: [1, 2] });
// @ts-expect-error: a range of a distribution [range]
distribution({ id: 1, for: 'a', range: [0, 1] });
// @ts-expect-error: an unknown context ["place"]
event({ id: 1, for: 'a', context: ['place'] });
// @ts-expect-error: a unit of an event [unit]
event({ id: 1, for: 'a', unit: 's' });
// @ts-expect-error: an attribute that is a type name [string]
event({ id: 1, for: 'a', attributes: { x: 'int' } });
// @ts-expect-error: an attribute that is a point [type]
event({ id: 1, for: 'a', attributes: { x: counter({ id: 2, for: 'a' }) } });
// @ts-expect-error: values of a session [values]
session({ id: 1, for: 'a', values: ['x'] });
// @ts-expect-error: an int without range [Expected 2-3 arguments]
int();
// @ts-expect-error: an int with one bound [Expected 2-3 arguments]
int(5);
// @ts-expect-error: an int with a scale [scale]
int(0, 5, { scale: 0.1 });
// @ts-expect-error: an unknown option [units]
int(0, 5, { units: 's' });
// @ts-expect-error: optional as text [string]
int(0, 5, { optional: 'yes' });
// @ts-expect-error: a scale of three [3]
num({ scale: 3 });
// @ts-expect-error: labels as a list [string]
oneOf(['a', 'b']);
// @ts-expect-error: no labels [Expected at least 1 arguments]
oneOf();
// @ts-expect-error: labels that are numbers [number]
oneOf(1, 2);
// @ts-expect-error: text with a length in characters [maxLength]
text({ maxLength: 5 });
// @ts-expect-error: bytes with a unit [unit]
bytes({ unit: 'By' });
// @ts-expect-error: a location with a range [range]
location({ range: [0, 1] });
// @ts-expect-error: a bool with labels [labels]
bool({ labels: ['no', 'yes'] });
// @ts-expect-error: an optional that wraps no attribute [string]
optional('text');
// @ts-expect-error: a command without id [id]
command({ arguments: { x: bool() } });
// @ts-expect-error: a command with a wrong argument [number]
command({ id: 1, arguments: { x: 5 } });
