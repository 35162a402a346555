import type { PurposeName, SubjectName } from '@usewire/protocol/model';
import { type bed, points } from './bed.ts';

// @ts-expect-error: a point that does not exist [does not exist]
points.heartrate.left.add(61);
// @ts-expect-error: a series of two subjects without a subject [Property 'add' does not exist]
points.heart_rate.add(61);
// @ts-expect-error: a subject that does not exist [middle]
points.heart_rate.middle.add(61);
// @ts-expect-error: a subject of a point without subjects [left]
points.lifts.left.add();
// @ts-expect-error: a sample as text [string]
points.heart_rate.left.add('61');
// @ts-expect-error: a series without sample [Expected 1 arguments]
points.heart_rate.left.add();
// @ts-expect-error: set on a series [Property 'set' does not exist]
points.heart_rate.left.set(61);
// @ts-expect-error: an event without its attributes [Expected 1-2 arguments]
points.moved();
// @ts-expect-error: an event with an attribute missing [angle]
points.moved({ preset: 'flat' });
// @ts-expect-error: an unknown attribute [speed]
points.moved({ preset: 'flat', angle: 3, speed: 1 });
// @ts-expect-error: a label that is not one of them ['flat' | 'zero_g']
points.moved({ preset: 'tv', angle: 3 });
// @ts-expect-error: a label of an optional attribute that is not one of them ["remote" | "app"]
points.moved({ preset: 'flat', angle: 3, source: 'voice' });
// @ts-expect-error: a number as text [string]
points.moved({ preset: 'flat', angle: '3' });
// @ts-expect-error: null for a required attribute [null]
points.moved({ preset: 'flat', angle: null });
// @ts-expect-error: an intent that is not one of them ["sleep" | "relax"]
points.moved({ preset: 'flat', angle: 3 }, { intent: 'party' });
// @ts-expect-error: a context that the point does not take [actor]
points.moved({ preset: 'flat', angle: 3 }, { actor: 'owner' });
// @ts-expect-error: a context of a point without context [never]
points.noted({}, { session: 1 });
// @ts-expect-error: a session as text [string]
points.moved({ preset: 'flat', angle: 3 }, { session: 'night' });
// @ts-expect-error: a location with longitude under another name [lng]
points.noted({ place: { lat: 1, lng: 2 } });
// @ts-expect-error: a location as a list [lat]
points.noted({ place: [1, 2] });
// @ts-expect-error: bytes as text [Uint8Array]
points.noted({ raw: 'ff' });
// @ts-expect-error: a bool as number [boolean]
points.noted({ urgent: 1 });
// @ts-expect-error: attributes of an event without any [never]
points.overheat({ x: 1 });
// @ts-expect-error: an event used as an object [Property 'add' does not exist]
points.overheat.add(1);
// @ts-expect-error: a counter called like an event [not callable]
points.lifts();
// @ts-expect-error: a counter that is set [Property 'set' does not exist]
points.lifts.set(3);
// @ts-expect-error: a counter with text [string]
points.lifts.add('one');
// @ts-expect-error: a distribution that adds [Property 'add' does not exist]
points.motor_temp.add(40);
// @ts-expect-error: a distribution without value [Expected 1 arguments]
points.motor_temp.observe();
// @ts-expect-error: a state that is not one of them ["eco" | "max"]
points.mode.set('turbo', { by: 'hand' });
// @ts-expect-error: a state without its attributes [Expected 2-3 arguments]
points.mode.set('eco');
// @ts-expect-error: a state by its number ['eco' | 'max']
points.mode.set(0, { by: 'hand' });
// @ts-expect-error: a gauge with text [string]
points.temperature.set('21.5');
// @ts-expect-error: a gauge that adds [Property 'add' does not exist]
points.temperature.add(1);
// @ts-expect-error: a session that ends without a required attribute [Expected 1 arguments]
points.sleep.left.start().end();
// @ts-expect-error: a session that ends with half of them [score]
points.sleep.left.start().end({ turns: 3 });
// @ts-expect-error: a session that starts with an unknown attribute [never]
points.sleep.left.start({ score: 3, depth: 4 });
// @ts-expect-error: a session that ends with an unknown attribute [depth]
points.sleep.left.start({ score: 3 }).end({ depth: 4 });
// @ts-expect-error: a session that starts with text for a number [string]
points.sleep.left.start({ score: 'good' });
// @ts-expect-error: a session that ends before it starts [Property 'end' does not exist]
points.sleep.left.end({ score: 3 });
// @ts-expect-error: a recorder that is replaced [read-only]
points.lifts = { add() {} };
// @ts-expect-error: a grant for a purpose that does not exist ["marketing"]
export const purpose: PurposeName<typeof bed> = 'marketing';
// @ts-expect-error: a subject name that does not exist ["left" | "right"]
export const subject: SubjectName<typeof bed> = 'middle';
