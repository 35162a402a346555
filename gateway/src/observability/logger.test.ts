import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger, type LogLevel } from './logger.ts';

function logged(level: LogLevel, write: (log: ReturnType<typeof createLogger>) => void) {
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  write(createLogger(level, sink));
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('logger', () => {
  it('writes one object a line with level, time and event', () => {
    const [line] = logged('info', (log) => log.warn('sink.down', { sink: 'cloud', failures: 5 }));
    expect(line).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      event: 'sink.down',
      sink: 'cloud',
      failures: 5,
    });
  });

  it('leaves out what is below its level', () => {
    expect(
      logged('warn', (log) => {
        for (const write of [log.info, log.warn, log.error]) write('x');
      }).map(({ event }) => event),
    ).toEqual(['x', 'x']);
    expect(logged('silent', (log) => log.error('c'))).toEqual([]);
  });

  it('never writes a secret, at the top or one level down', () => {
    const secrets = { token: 's3cret', password: 's3cret', authorization: 's3cret', tokenSha256: 's3cret' };
    const lines = logged('info', (log) => {
      log.info('a', { ...secrets, headers: { authorization: 's3cret' } });
      log.info('b', { device: secrets });
    });
    expect(JSON.stringify(lines)).not.toContain('s3cret');
    expect(lines[0]?.token).toBe('[redacted]');
  });
});
