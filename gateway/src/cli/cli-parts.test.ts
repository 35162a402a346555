import { describe, expect, it } from 'vitest';
import { bedRecord } from '../testing/bed-batch.ts';
import { unsupportedNode } from './node-version.ts';
import { recordLine } from './record-line.ts';
import { startFailure } from './start-failure.ts';
import { ago, table } from './text-table.ts';
import { span, uptime } from './words.ts';

describe('Node version', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.21.0'])('%s is good enough', (version) => {
    expect(unsupportedNode(version)).toBeNull();
  });

  it.each(['18.20.4', '20.18.3', '16.0.0'])('%s is not, in one sentence', (version) => {
    expect(unsupportedNode(version)).toBe(`usewire needs Node 20.19 or newer; this is Node ${version}.`);
  });
});

describe('what keeps a gateway from starting', () => {
  it.each([
    [
      { code: 'EADDRINUSE', syscall: 'listen', port: 1883, address: '127.0.0.1' },
      /Port 1883 on 127\.0\.0\.1 is taken/,
    ],
    [{ code: 'EACCES', syscall: 'listen', port: 80, address: '127.0.0.1' }, /Port 80 .* needs rights/],
    [{ code: 'EADDRNOTAVAIL', syscall: 'listen', port: 1, address: '10.9.9.9' }, /no address "10\.9\.9\.9"/],
    [{ code: 'ENOSPC', path: '/data' }, /\/data cannot be used: the disk is full/],
    [{ code: 'EROFS', path: '/data' }, /read-only/],
    [
      { code: 'ERR_SQLITE_ERROR', errcode: 26, message: 'file is not a database' },
      /store cannot be opened: file is not/,
    ],
    [{ message: 'the store has schema version 9, this gateway knows 1' }, /has schema version 9/],
  ])('%o is one sentence', (error, sentence) => {
    const end = startFailure(error);
    expect(end?.message).toMatch(sentence);
    expect(end?.message.split('\n')).toHaveLength(1);
    expect(end?.exitCode).toBe(69);
  });

  it('leaves a bug a bug', () => {
    expect(startFailure(new TypeError('x is not a function'))).toBeNull();
  });
});

describe('words', () => {
  it.each([
    [0, '0 ms'],
    [1_500, '1.5 s'],
    [150_000, '2.5 min'],
    [9_000_000, '2.5 h'],
    [259_200_000, '3 days'],
  ])('%i ms are %s', (ms, words) => {
    expect(span(ms)).toBe(words);
  });

  it('says an uptime as days and clock', () => {
    expect(uptime(93_784_005)).toBe('1 d 02:03:04.005');
  });

  it('says how long ago', () => {
    expect([0, 5_000, 600_000, 10_800_000, 864_000_000].map(ago)).toEqual([
      'now',
      '5 s ago',
      '10 min ago',
      '3 h ago',
      '10 days ago',
    ]);
  });
});

describe('text', () => {
  it('puts numbers to the right', () => {
    expect(
      table(
        ['name', 'n'],
        [
          ['a', '1'],
          ['long name', '12345'],
        ],
      ),
    ).toBe('name           n\na              1\nlong name  12345\n');
  });

  it('shows a record on one line', () => {
    const record = bedRecord(0, {
      subject: 'left',
      attributes: { mode: 'x', at: { lat: 1, lon: 2 } },
      flags: ['out_of_range'],
    });
    expect(recordLine(record)).toBe(
      '2023-11-14T22:13:20.000Z  acme.bed-1/left  temperature = 20.5 mode=x at={"lat":1,"lon":2}  [out_of_range]',
    );
    expect(recordLine({ tenant: 'a', device: 'b', position: 7, problem: 'no model' })).toBe(
      'position 7  a.b  cannot be read: no model',
    );
  });
});
