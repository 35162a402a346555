import { type DestinationStream, pino } from 'pino';
import type { Log } from '../domain/ports.ts';
import { lineWriter } from './line-writer.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Fields that may carry a secret, at the top or one level down, whatever event they come with. */
const SECRETS = ['token', 'tokenSha256', 'password', 'authorization', 'secret', 'headers', 'cookie'];

/** One JSON object a line: `level`, `time` (ISO), `event`, then the fields. */
export function createLogger(level: LogLevel, destination: DestinationStream = lineWriter()): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    },
    destination,
  );
  const write =
    (severity: 'debug' | 'info' | 'warn' | 'error') => (event: string, fields?: Record<string, unknown>) =>
      logger[severity]({ event, ...fields });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
