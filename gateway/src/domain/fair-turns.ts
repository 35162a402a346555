/** Whose turn a batch is when both new records and a backlog wait. */
export type Lane = 'live' | 'backlog';

/** What the backlog has coming, in batches; grows with each batch of new records. */
export type Turns = number;

export interface Waiting {
  /** A batch of new records could be sent now. */
  live: boolean;
  backlog: boolean;
  /** Batches of the backlog under way. */
  backlogUnderWay: number;
  /** Batches that may be under way altogether. */
  limit: number;
}

/**
 * New records first, and the backlog a share of the batches in `percent`, 1 to 99. While nothing new waits the backlog takes all but one
 * place (at least one), so that what comes next finds one.
 */
export function nextLane(turns: Turns, waiting: Waiting, percent: number): Lane | null {
  const { live, backlog, backlogUnderWay, limit } = waiting;
  const share = live ? Math.floor((limit * percent) / 100) : limit - 1;
  const mayGo = backlog && backlogUnderWay < Math.max(1, share);
  if (mayGo && (!live || turns >= 1)) return 'backlog';
  return live ? 'live' : null;
}

export function afterTurn(turns: Turns, lane: Lane, percent: number): Turns {
  // What was not used is not saved up: a backlog that begins later does not come in a rush.
  const earned = percent / (100 - percent);
  return lane === 'live' ? Math.min(Math.max(1, earned), turns + earned) : Math.max(0, turns - 1);
}
