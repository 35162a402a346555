import { sports } from '../models/workout.ts';
import type { Action, Values } from '../recording.ts';
import { type FitMessage, numberOf, timeOf } from './fit-record.ts';

const timerStates: Record<string, string> = {
  start: 'running',
  stop: 'paused',
  stopAll: 'paused',
  stopDisable: 'paused',
  stopDisableAll: 'paused',
};

/** Begin and end of the pauses, as the person or the auto-pause set them. */
export function timerActions(events: readonly FitMessage[]): Action[] {
  return events.flatMap((event): Action[] => {
    const atMs = timeOf(event.timestamp);
    const value = timerStates[String(event.eventType)];
    return event.event === 'timer' && atMs !== undefined && value
      ? [{ form: 'record', point: 'timer', atMs, value }]
      : [];
  });
}

export function lapActions(laps: readonly FitMessage[]): Action[] {
  return laps.flatMap((lap) => span('lap', lap, sums(lap)));
}

/** One workout a session message. Its number of points tells a reader of the store what should be there. */
export function sessionActions(sessions: readonly FitMessage[], records: readonly FitMessage[]): Action[] {
  return sessions.flatMap((session) =>
    span('workout', session, { ...sums(session), sport: sportOf(session), points: records.length }),
  );
}

function span(point: string, message: FitMessage, attributes: Values): Action[] {
  const atMs = timeOf(message.startTime);
  const elapsed = numberOf(message.totalElapsedTime);
  return atMs === undefined || elapsed === undefined
    ? []
    : [{ form: 'session', point, atMs, endMs: atMs + Math.round(elapsed * 1000), attributes }];
}

function sums(message: FitMessage): Values {
  return {
    distance: numberOf(message.totalDistance),
    timer: numberOf(message.totalTimerTime),
    energy: numberOf(message.totalCalories),
    average_heart_rate: numberOf(message.avgHeartRate),
    top_heart_rate: numberOf(message.maxHeartRate),
  };
}

function sportOf(session: FitMessage): string {
  const sport = String(session.sport);
  return (sports as readonly string[]).includes(sport) ? sport : 'other';
}
