import { type Failed, problemOf, rejected, retryLater } from '../outcome.ts';

/**
 * Classes of SQLSTATE (PostgreSQL, appendix A) that the same values meet every time: 22 data exception (a text with a NUL),
 * 23 a constraint that somebody put there, 54 a limit of the program. Everything else may pass: a server that restarts, a
 * password that is mended, a column that somebody dropped.
 */
const HOPELESS = new Set(['22', '23', '54']);

export function outcomeOf(error: unknown, signal: AbortSignal): Failed {
  if (signal.aborted) return retryLater('the gateway is stopping');
  const { code, detail } = error as { code?: unknown; detail?: unknown };
  const problem = problemOf(error) + (typeof detail === 'string' && detail !== '' ? ` (${detail})` : '');
  const sqlState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code.slice(0, 2) : '';
  return HOPELESS.has(sqlState) ? rejected(problem) : retryLater(problem);
}
