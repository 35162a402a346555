import { type Failed, problemOf, rejected, retryLater } from '../outcome.ts';

/** Kafka protocol, error codes: what the same record meets every time. */
const HOPELESS = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

interface KafkaError {
  message?: unknown;
  apiId?: unknown;
  errors?: unknown[];
}

/** The client wraps errors in errors: what the broker said is innermost. */
export function outcomeOf(error: unknown): Failed {
  const causes = innermost(error);
  const problem = [...new Set(causes.map(inWords))].join('; ');
  const isHopeless = causes.some(({ apiId }) => typeof apiId === 'string' && HOPELESS.has(apiId));
  return isHopeless ? rejected(problem) : retryLater(problem);
}

function innermost(error: unknown): KafkaError[] {
  const { errors } = error as KafkaError;
  return Array.isArray(errors) && errors.length > 0 ? errors.flatMap(innermost) : [error as KafkaError];
}

function inWords(error: KafkaError): string {
  const text = problemOf(error);
  return typeof error.apiId === 'string' ? `${error.apiId}: ${text}` : text;
}
