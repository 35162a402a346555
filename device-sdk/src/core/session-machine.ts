/** The life of a link, decided here and done elsewhere: each step gives the next state and what to do. */
export interface Session {
  phase: 'waiting' | 'connecting' | 'open' | 'stopped';
  /** Failures in a row. Only an acknowledgement ends the row: a link that opens and dies at once is no success. */
  failures: number;
  /** waiting: when to connect; connecting: when to give up. */
  dueMs: number;
  /** The other side answered and does not want this device. */
  refused: boolean;
}

export type SessionEvent =
  | { type: 'tick'; nowMs: number; connectTimeoutMs: number; retryMs: number }
  | { type: 'opened' }
  | { type: 'proved' }
  /** The link is gone, or must go: silent for too long, or refused by a message. */
  | { type: 'lost'; nowMs: number; retryMs: number; refused: boolean }
  | { type: 'stop' };

export type SessionAction = 'none' | 'open' | 'close';

export interface SessionStep {
  session: Session;
  action: SessionAction;
}

export const firstSession: Session = { phase: 'waiting', failures: 0, dueMs: 0, refused: false };

function to(
  phase: Session['phase'],
  failures: number,
  dueMs: number,
  refused: boolean,
  action: SessionAction,
): SessionStep {
  return { session: { phase: phase, failures: failures, dueMs: dueMs, refused: refused }, action: action };
}

function afterLoss(session: Session, nowMs: number, retryMs: number, refused: boolean): SessionStep {
  return to('waiting', session.failures + 1, nowMs + retryMs, refused, 'close');
}

export function stepSession(session: Session, event: SessionEvent): SessionStep {
  if (session.phase === 'stopped') return { session: session, action: 'none' };
  switch (event.type) {
    case 'tick':
      if (event.nowMs < session.dueMs || session.phase === 'open')
        return { session: session, action: 'none' };
      if (session.phase === 'waiting') {
        return to(
          'connecting',
          session.failures,
          event.nowMs + event.connectTimeoutMs,
          session.refused,
          'open',
        );
      }
      return afterLoss(session, event.nowMs, event.retryMs, false);
    case 'opened':
      return to('open', session.failures, Infinity, false, 'none');
    case 'proved':
      return to(session.phase, 0, session.dueMs, false, 'none');
    case 'lost':
      return session.phase === 'waiting'
        ? { session: session, action: 'none' }
        : afterLoss(session, event.nowMs, event.retryMs, event.refused);
    default:
      return to('stopped', session.failures, Infinity, session.refused, 'close');
  }
}
